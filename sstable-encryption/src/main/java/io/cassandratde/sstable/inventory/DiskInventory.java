package io.cassandratde.sstable.inventory;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.replicated.KeyCopyFile;
import io.cassandratde.sstable.format.log.LogFileReport;
import io.cassandratde.sstable.format.log.LogFileScanner;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads which keys all files of a node need. Every reading goes over the directories anew, so that
 * it has what nobody told Cassandra of; only files that are the very ones of the last reading are
 * not opened again (docs/RULES.md R25).
 */
public final class DiskInventory {

  /** A running node replaces files: what replaced them may have been passed already. */
  private static final int PASSES = 5;

  private final Map<Place, List<Path>> directories;
  private final ReadingCache cache = new ReadingCache();

  /**
   * @param directories {@link Place#LIVE}: those that hold keyspaces, with snapshots and backups in
   *     them; {@link Place#COMMITLOG}, {@link Place#CDC}, {@link Place#HINTS}, {@link
   *     Place#SAVED_CACHE} and {@link Place#KEY_COPY}: those of that name
   */
  public DiskInventory(Map<Place, List<Path>> directories) {
    this.directories = Map.copyOf(directories);
  }

  /** The directories of a place. */
  public List<Path> roots(Place place) {
    return directories.getOrDefault(place, List.of());
  }

  /** Reads; one thread at a time, the others wait. */
  public synchronized NodeInventory read(Depth depth) {
    Instant at = Instant.now();
    long start = System.nanoTime();
    cache.begin(at);
    for (int pass = 1; ; pass++) {
      Findings findings = new Findings();
      directories.forEach(
          (place, roots) -> roots.forEach(root -> read(root, place, depth, findings)));
      if (!findings.vanished() || pass == PASSES) {
        cache.end();
        return findings.inventory(at, Duration.ofNanos(System.nanoTime() - start));
      }
    }
  }

  private void read(Path root, Place place, Depth depth, Findings findings) {
    if (!Files.isDirectory(root)) {
      findings.open(Problem.Kind.UNREADABLE, root, "is configured and no directory is there");
      return;
    }
    try {
      Files.walkFileTree(
          root,
          EnumSet.of(FileVisitOption.FOLLOW_LINKS),
          Integer.MAX_VALUE,
          new DirectoryWalk(root, place, depth, cache, findings));
    } catch (IOException e) {
      findings.open(Problem.Kind.UNREADABLE, root, SSTableNeeds.message(e));
    }
  }

  /** Of a wrapped data key: the master keys, former ones too, as rollback needs them. */
  static Needs keyCopy(Path file) throws IOException {
    Map<KeyReference, Long> masters = new LinkedHashMap<>();
    KeyCopyFile.masterKeys(file).forEach(master -> masters.merge(master, 1L, Long::sum));
    return new Needs(Needs.Form.SEALED, masters, Map.of(), true, List.of());
  }

  /** Of a segment or hints file. */
  static Needs log(Path file) throws IOException {
    LogFileReport report = LogFileScanner.scan(file);
    Needs.Form form =
        switch (report.protection()) {
          case SEALED -> Needs.Form.SEALED;
          case PLAINTEXT, CASSANDRA_CBC -> Needs.Form.PLAIN;
          case UNREADABLE -> Needs.Form.UNKNOWN;
        };
    Problem.Kind kind =
        report.later().isPresent() ? Problem.Kind.LATER_RELEASE : Problem.Kind.UNREADABLE;
    return new Needs(
        form,
        report.sealed(),
        report.options(),
        true,
        report.problems().stream().map(what -> new Problem(kind, "", what)).toList());
  }
}
