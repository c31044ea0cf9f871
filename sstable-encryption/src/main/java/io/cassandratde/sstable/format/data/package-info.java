/**
 * Data.db of an encrypted SSTable, version 1: chunks that are bound to the SSTable, the file and
 * their place, and the index of chunks, which is authenticated. docs/FORMAT-EBTI.md is normative.
 */
@NullMarked
package io.cassandratde.sstable.format.data;

import org.jspecify.annotations.NullMarked;
