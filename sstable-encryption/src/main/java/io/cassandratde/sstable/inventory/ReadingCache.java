package io.cassandratde.sstable.inventory;

import java.io.IOException;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Readings by what the files are, not by what they are called: the hard links of a snapshot share
 * one, and a carrier that was replaced is another file. What went is forgotten after a round.
 */
final class ReadingCache {

  /** A file system's clock may not tell two changes that follow each other faster. */
  private static final Duration SETTLED = Duration.ofSeconds(2);

  /** Opens the files. */
  interface Reading {
    Needs run() throws IOException;
  }

  private record FileId(Object key, long size, FileTime modified) {}

  private Map<List<FileId>, Needs> last = new HashMap<>();
  private Map<List<FileId>, Needs> now = new HashMap<>();
  private Instant began = Instant.EPOCH;

  void begin(Instant at) {
    began = at;
    last.putAll(now); // of a round that an exception ended
    now = new HashMap<>();
  }

  void end() {
    last = now;
    now = new HashMap<>();
  }

  /**
   * What these files need.
   *
   * @param files as they were found before the reading
   */
  Needs get(List<BasicFileAttributes> files, Depth depth, Reading reading) throws IOException {
    List<FileId> identity = identity(files);
    if (identity == null) {
      return reading.run();
    }
    Needs known = now.get(identity);
    if (known == null) {
      known = last.get(identity);
    }
    if (known == null || (!known.whole() && depth != Depth.EDGES)) {
      known = reading.run();
    }
    if (known.problems().isEmpty()) {
      now.put(identity, known);
    }
    return known;
  }

  /** Null: they may change without a trace, or the file system does not tell one from another. */
  private @Nullable List<FileId> identity(List<BasicFileAttributes> files) {
    List<FileId> identity = new ArrayList<>();
    for (BasicFileAttributes file : files) {
      Object key = file.fileKey();
      FileTime modified = file.lastModifiedTime();
      if (key == null || modified.toInstant().plus(SETTLED).isAfter(began)) {
        return null;
      }
      identity.add(new FileId(key, file.size(), modified));
    }
    return identity;
  }
}
