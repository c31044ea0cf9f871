/**
 * The carrier of an encrypted SSTable, version 1: its identity and the data keys of its files, each
 * wrapped by a key of a key server. docs/FORMAT-EBTI.md is normative.
 *
 * <pre>{@code
 * SSTableKeys keys = SSTableKeys.create(currentKey, salts, hkdf, provider); // a new SSTable
 * CarrierFile.write(path, keys.carrier());
 *
 * SSTableKeys again = SSTableKeys.open(CarrierFile.read(path), finder, hkdf, provider);
 * }</pre>
 */
@NullMarked
package io.cassandratde.sstable.format.carrier;

import org.jspecify.annotations.NullMarked;
