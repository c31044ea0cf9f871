/**
 * What must stand in this package of Cassandra's to extend its trie-indexed format; the rest is in
 * {@code io.cassandratde.sstable.cassandra.ebti}. Our classes are marked one by one, as the
 * package's others say nothing about null.
 */
package org.apache.cassandra.io.sstable.format.bti;
