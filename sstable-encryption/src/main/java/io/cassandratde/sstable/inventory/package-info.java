/**
 * Which keys the files of a node need, from the files themselves (docs/RULES.md R12, R25). {@link
 * io.cassandratde.sstable.inventory.SSTableNeeds} is the one place that tells what one SSTable
 * needs; {@link io.cassandratde.sstable.inventory.DiskInventory} reads all that a node has. No key,
 * no server and no Cassandra.
 */
@NullMarked
package io.cassandratde.sstable.inventory;

import org.jspecify.annotations.NullMarked;
