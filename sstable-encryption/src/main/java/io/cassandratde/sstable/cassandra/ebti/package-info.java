/**
 * The SSTable format {@code ebti}: Cassandra's trie-indexed format with every component sealed.
 * Found by ServiceLoader; the classes that must stand in Cassandra's own packages are thin and in
 * {@code org.apache.cassandra.io.sstable.format.bti}.
 *
 * <p>Where a file's bytes pass: Data.db through {@link
 * io.cassandratde.sstable.cassandra.ebti.BoundDataWriter} and {@link
 * io.cassandratde.sstable.cassandra.ebti.BoundMetadata}, Statistics.db through {@link
 * io.cassandratde.sstable.cassandra.ebti.SealedStatistics}, all others through {@link
 * io.cassandratde.sstable.cassandra.ebti.EncryptedFile}.
 */
@NullMarked
package io.cassandratde.sstable.cassandra.ebti;

import org.jspecify.annotations.NullMarked;
