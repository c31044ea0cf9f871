/**
 * Page files, version 1: any file in sealed pages of fixed size, readable at every position.
 * docs/FORMAT-EBTI.md is normative.
 *
 * <pre>
 * file   = extent …
 * extent = header 64 | page … | trailer 12
 * page   = counter 4 | ciphertext | tag 16
 * </pre>
 *
 * A file that is being written is an {@link io.cassandratde.sstable.format.page.OpenPageFile}, one
 * that is finished a {@link io.cassandratde.sstable.format.page.PageFile}; {@link
 * io.cassandratde.sstable.format.page.PageChannel} makes either look like the file in clear.
 */
@NullMarked
package io.cassandratde.sstable.format.page;

import org.jspecify.annotations.NullMarked;
