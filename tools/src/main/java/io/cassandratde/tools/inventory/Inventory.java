package io.cassandratde.tools.inventory;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.sstable.format.DataFileReport;
import io.cassandratde.sstable.format.DataFileScanner;
import io.cassandratde.sstable.format.DataFileScanner.Depth;
import io.cassandratde.sstable.format.carrier.Carrier;
import io.cassandratde.sstable.format.carrier.CarrierFile;
import io.cassandratde.sstable.format.carrier.StatisticsFile;
import io.cassandratde.sstable.format.carrier.WrappedKey;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * All SSTables under some paths. A running node replaces files while they are read: then everything
 * is read again, since what replaced a file may have been passed already.
 */
public final class Inventory {
  private static final String DATA = "-Data.db";
  private static final int PASSES = 3;

  private final GroupNames groups;
  private final Depth depth;

  public Inventory(GroupNames groups, Depth depth) {
    this.groups = groups;
    this.depth = depth;
  }

  /**
   * What was found.
   *
   * @param problems of directories; those of SSTables stand with them
   */
  public record Result(List<SSTableKeys> sstables, List<String> problems) {
    public boolean complete() {
      return problems.isEmpty() && sstables.stream().allMatch(s -> s.problems().isEmpty());
    }
  }

  public Result read(List<Path> roots) throws IOException {
    for (int pass = 1; ; pass++) {
      List<String> problems = new ArrayList<>();
      List<SSTableKeys> sstables = new ArrayList<>();
      List<Path> vanished = new ArrayList<>();
      for (Path file : find(roots, problems)) {
        try {
          sstables.add(scan(file));
        } catch (NoSuchFileException e) {
          vanished.add(file);
        } catch (IOException e) {
          sstables.add(
              new SSTableKeys(
                  file,
                  TablePath.of(file),
                  List.of(),
                  false,
                  List.of("cannot be read: " + message(e))));
        }
      }
      if (vanished.isEmpty() || pass == PASSES) {
        vanished.forEach(f -> problems.add(f + " was removed while it was read; run again"));
        return new Result(sstables, problems);
      }
    }
  }

  private SSTableKeys scan(Path file) throws IOException {
    Path carrier = sibling(file, "Encryption.db");
    if (Files.exists(carrier)) {
      return ofCarrier(file, carrier);
    }
    DataFileReport report = DataFileScanner.scan(file, depth);
    List<SSTableKeys.Key> keys = new ArrayList<>();
    report
        .sealed()
        .forEach(
            (key, chunks) ->
                keys.add(
                    new SSTableKeys.Key(
                        groups.name(key.groupTag(), report.options()), key.keyId(), chunks)));
    List<String> problems = new ArrayList<>(report.problems());
    long unread = report.badChunks() + report.plainChunks();
    if (unread > problems.size()) {
      problems.add((unread - problems.size()) + " further chunks of this kind");
    }
    // Cassandra writes TOC.txt last; without it, a missing CompressionInfo.db says nothing yet.
    boolean unfinished = report.compressor().isEmpty() && !Files.exists(sibling(file, "TOC.txt"));
    if (unfinished) {
      problems.add("unfinished: being written, or left behind by a crash; run again later");
    }
    return new SSTableKeys(
        file, TablePath.of(file), keys, !report.ours() && !unfinished, List.copyOf(problems));
  }

  /**
   * An SSTable of the format ebti: the keys that wrap its data keys, in its carrier and in the
   * parts of Statistics.db, which hold their own.
   */
  private SSTableKeys ofCarrier(Path file, Path carrierFile) throws IOException {
    Carrier carrier = CarrierFile.read(carrierFile);
    Map<KeyReference, Long> wrapped = new LinkedHashMap<>();
    List<String> problems = new ArrayList<>();
    long chunks = 0;
    if (Files.exists(sibling(file, "TOC.txt")) || Files.exists(sibling(file, "Statistics.db"))) {
      chunks = DataFileScanner.scan(file, Depth.HEADERS).chunks();
      for (StatisticsFile.Part part : StatisticsFile.read(sibling(file, "Statistics.db"))) {
        if (part.isSealed()) {
          wrapped.merge(part.sealed().wrappedBy(), 0L, Long::sum);
        }
      }
    } else {
      problems.add("unfinished: being written, or left behind by a crash; run again later");
    }
    add(wrapped, carrier, chunks);
    List<SSTableKeys.Key> keys = new ArrayList<>();
    wrapped.forEach(
        (key, count) ->
            keys.add(
                new SSTableKeys.Key(groups.name(key.groupTag(), Map.of()), key.keyId(), count)));
    return new SSTableKeys(file, TablePath.of(file), keys, carrier.isPlain(), problems);
  }

  /** Only the SSTable's own data key, the first, seals chunks of Data.db. */
  private static void add(Map<KeyReference, Long> wrapped, Carrier carrier, long chunks) {
    long seals = chunks;
    for (WrappedKey row : carrier.rows()) {
      wrapped.merge(row.wrappedBy(), seals, Long::sum);
      seals = 0;
    }
  }

  private static Path sibling(Path dataFile, String component) {
    String name = String.valueOf(dataFile.getFileName());
    return dataFile.resolveSibling(
        name.substring(0, name.length() - "Data.db".length()) + component);
  }

  private static SortedSet<Path> find(List<Path> roots, List<String> problems) throws IOException {
    SortedSet<Path> found = new TreeSet<>();
    for (Path root : roots) {
      Files.walkFileTree(
          root.toAbsolutePath().normalize(),
          EnumSet.of(FileVisitOption.FOLLOW_LINKS),
          Integer.MAX_VALUE,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (String.valueOf(file.getFileName()).endsWith(DATA)) {
                found.add(file);
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              // A running node removes files and snapshots under us: nothing is there to be read.
              if (!(e instanceof NoSuchFileException)) {
                problems.add("cannot be read: " + message(e));
              }
              return FileVisitResult.CONTINUE;
            }
          });
    }
    return found;
  }

  private static String message(IOException e) {
    String text = String.valueOf(e.getMessage());
    return e.getClass() == IOException.class ? text : e.getClass().getSimpleName() + ": " + text;
  }
}
