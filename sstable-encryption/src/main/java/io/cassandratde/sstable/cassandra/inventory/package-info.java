/**
 * Which keys the files of this node need, for its operators: the inventory of the disk with what
 * Cassandra knows of its SSTables, shown over JMX, as the virtual keyspace {@code
 * system_encryption} and among Cassandra's metrics.
 */
@NullMarked
package io.cassandratde.sstable.cassandra.inventory;

import org.jspecify.annotations.NullMarked;
