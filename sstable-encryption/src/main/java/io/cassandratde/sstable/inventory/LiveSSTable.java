package io.cassandratde.sstable.inventory;

import java.nio.file.Path;

/**
 * An SSTable in a table's directory.
 *
 * @param bytes of all its components
 */
public record LiveSSTable(Path data, TablePath table, long bytes, Needs needs) {}
