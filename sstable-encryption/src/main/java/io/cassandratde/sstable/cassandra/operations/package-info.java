/**
 * Long pieces of work on a node's keys, started over JMX ({@link
 * io.cassandratde.sstable.cassandra.operations.KeyOperationsMXBean}): SSTables are brought under
 * another key, keys are checked and fenced.
 */
@NullMarked
package io.cassandratde.sstable.cassandra.operations;

import org.jspecify.annotations.NullMarked;
