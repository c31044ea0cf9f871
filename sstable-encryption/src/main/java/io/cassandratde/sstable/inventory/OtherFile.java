package io.cassandratde.sstable.inventory;

import java.nio.file.Path;

/**
 * A file that belongs to no SSTable: a segment, hints, or the carrier of Paxos state or of a saved
 * cache.
 */
public record OtherFile(Path file, Place place, long bytes, Needs needs) {}
