package io.cassandratde.e2e.canary;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Reads every byte of every file below a node's directories, as it stands and decompressed. */
public final class FileSearch {

  /** All that Cassandra writes but its logs, which SECURITY.md leaves out. */
  private static final List<String> FOLDERS =
      List.of("data", "commitlog", "cdc_raw", "hints", "saved_caches");

  private final Path node;
  private final Markers markers;

  /** Files as they were when they were read: links of a snapshot, and all that did not change. */
  private final Set<String> seen = new HashSet<>();

  private long files;
  private long bytes;

  public FileSearch(Path node, Markers markers) {
    this.node = node;
    this.markers = markers;
  }

  /** What can be read in files that are new or changed since the last search. */
  public Set<Finding> findings() {
    return findings(file -> true);
  }

  /** The same among these files only. */
  public Set<Finding> findings(Predicate<Path> which) {
    Patterns patterns = new Patterns(markers.forms());
    Set<Finding> found = new LinkedHashSet<>();
    for (String folder : FOLDERS) {
      for (Path file : filesBelow(node.resolve(folder))) {
        if (which.test(file)) {
          search(file, patterns, found);
        }
      }
    }
    return found;
  }

  /**
   * Files of SSTables that are not of the encrypted form: also those that hold no value as it was
   * written, such as a Filter.db, which is made of hashes.
   */
  public Set<Finding> inClear() {
    Set<Finding> found = new LinkedHashSet<>();
    for (Path file : filesBelow(node.resolve("data"))) {
      String name = node.relativize(file).toString();
      reasonInClear(file).ifPresent(reason -> found.add(new Finding("structure", name, reason)));
    }
    return found;
  }

  private static Optional<String> reasonInClear(Path file) {
    try {
      return ComponentForm.reasonInClear(file);
    } catch (NoSuchFileException gone) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> filesBelow(Path folder) {
    for (int attempt = 1; ; attempt++) {
      try (Stream<Path> all = Files.walk(folder)) {
        return all.filter(Files::isRegularFile).sorted().toList();
      } catch (NoSuchFileException none) {
        return List.of();
      } catch (IOException | UncheckedIOException e) {
        if (attempt == 20) { // compaction takes folders away while we walk
          throw new AssertionError("cannot list " + folder, e);
        }
      }
    }
  }

  private void search(Path file, Patterns patterns, Set<Finding> found) {
    byte[] content;
    try {
      BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
      String state = is.fileKey() + " " + is.size() + " " + is.lastModifiedTime();
      content = Files.readAllBytes(file);
      if (!seen.add(state)) {
        return;
      }
    } catch (NoSuchFileException gone) {
      return; // deleted meanwhile, by compaction or as a segment that was flushed
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    files++;
    bytes += content.length;
    String name = node.relativize(file).toString();
    patterns.search(content, content.length, place -> found.add(new Finding(place, name, "raw")));
    Unpacking unpacking =
        new Unpacking(
            (how, plain, length) ->
                patterns.search(plain, length, place -> found.add(new Finding(place, name, how))));
    unpacking.everywhere(content);
    if (name.endsWith("-Data.db")) {
      unpacking.chunks(file, content);
    }
  }

  /** For reports: how much was read. */
  @Override
  public String toString() {
    return files + " files, " + bytes + " bytes";
  }
}
