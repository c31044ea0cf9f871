package io.cassandratde.sstable.inventory;

import java.nio.file.Path;

/**
 * A file or directory that may need keys besides those that were found. As long as there is one,
 * nothing proves that a key is not needed.
 */
public record OpenItem(Problem.Kind kind, Path path, String what) {}
