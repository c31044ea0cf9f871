package io.cassandratde.sstable.inventory;

import io.cassandratde.keys.KeyReference;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one pass over a node's directories finds. */
final class Findings {

  /** Of problems beyond these the number is told: a disk that breaks has one for each file. */
  private static final int MOST_OPEN = 1000;

  private record Bin(@Nullable KeyReference key, Place place, TablePath table, String name) {}

  private static final class Count {
    private long files;
    private long bytes;
  }

  private final Map<Bin, Count> counts = new LinkedHashMap<>();
  private final Map<Path, Long> partly = new LinkedHashMap<>();
  private final List<LiveSSTable> live = new ArrayList<>();
  private final List<OtherFile> others = new ArrayList<>();
  private final List<OpenItem> open = new ArrayList<>();
  private long moreOpen;
  private @Nullable Path vanished;

  /**
   * Adds the files of one SSTable, or another file.
   *
   * @param name of the snapshot, or empty
   */
  void add(Path file, Place place, TablePath table, String name, long bytes, Needs needs) {
    if (needs.form() == Needs.Form.PLAIN) {
      count(null, place, table, name, bytes);
    }
    needs.keys().keySet().forEach(key -> count(key, place, table, name, bytes));
    for (Problem problem : needs.problems()) {
      Path path =
          problem.component().isEmpty() || !isSSTable(file)
              ? file
              : SSTableNeeds.sibling(file, problem.component());
      open(problem.kind(), path, problem.what());
    }
    if (!needs.whole()) {
      partly.merge(file.resolveSibling(""), 1L, Long::sum);
    }
    if (!isSSTable(file)) {
      others.add(new OtherFile(file, place, bytes, needs));
    } else if (place == Place.LIVE) {
      live.add(new LiveSSTable(file, table, bytes, needs));
    }
  }

  private static boolean isSSTable(Path file) {
    return file.toString().endsWith(SSTableNeeds.DATA);
  }

  private void count(
      @Nullable KeyReference key, Place place, TablePath table, String name, long bytes) {
    Count count = counts.computeIfAbsent(new Bin(key, place, table, name), bin -> new Count());
    count.files++;
    count.bytes += bytes;
  }

  void open(Problem.Kind kind, Path path, String what) {
    if (open.size() < MOST_OPEN) {
      open.add(new OpenItem(kind, path, what));
    } else {
      moreOpen++;
    }
  }

  /** A file went while it was read, so what took its place may have been missed. */
  void vanished(Path file) {
    vanished = file;
  }

  boolean vanished() {
    return vanished != null;
  }

  NodeInventory inventory(Instant at, Duration took) {
    List<OpenItem> all = new ArrayList<>(open);
    partly.forEach(
        (directory, sstables) ->
            all.add(
                new OpenItem(
                    Problem.Kind.UNFINISHED,
                    directory,
                    "of "
                        + sstables
                        + " SSTables in codec mode only the first and the last chunk were read;"
                        + " `refresh` reads all")));
    Path last = vanished;
    if (last != null) {
      all.add(
          new OpenItem(
              Problem.Kind.UNFINISHED, last, "files go faster than they can be read; run again"));
    }
    if (moreOpen > 0) {
      all.add(
          new OpenItem(
              Problem.Kind.UNREADABLE, all.get(0).path(), "and " + moreOpen + " further files"));
    }
    List<KeyNeed> needs = new ArrayList<>();
    counts.forEach(
        (bin, count) ->
            needs.add(
                new KeyNeed(
                    bin.key(), bin.place(), bin.table(), bin.name(), count.files, count.bytes)));
    return new NodeInventory(at, took, needs, live, others, all);
  }
}
