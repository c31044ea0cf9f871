package io.cassandratde.sstable.inventory;

import io.cassandratde.keys.KeyReference;
import org.jspecify.annotations.Nullable;

/**
 * Files of one table in one place that need one key. A file that needs several counts under each.
 *
 * @param key null: files in clear
 * @param name of the snapshot; empty in other places
 * @param files SSTables, segments or other files
 * @param bytes theirs, all components of an SSTable together
 */
public record KeyNeed(
    @Nullable KeyReference key,
    Place place,
    TablePath table,
    String name,
    long files,
    long bytes) {}
