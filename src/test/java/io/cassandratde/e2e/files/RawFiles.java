package io.cassandratde.e2e.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Searches files byte by byte, as {@code strings | grep} would. */
public final class RawFiles {

  private RawFiles() {}

  /** All files below a directory, whatever they are. */
  public static List<Path> below(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names of the files of SSTables in a directory: no manifest, schema or folder. */
  public static Set<String> sstableFiles(Path directory) {
    try (Stream<Path> all = Files.list(directory)) {
      return all.map(file -> file.getFileName().toString())
          .filter(name -> name.matches("[a-z]{2}-.*\\.(db|crc32|txt)"))
          .collect(Collectors.toCollection(TreeSet::new));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Copies SSTables, as backups and restores do, and returns the target. */
  public static Path copySSTables(Path from, Path to) {
    try {
      Files.createDirectories(to);
      for (String name : sstableFiles(from)) {
        Files.copy(from.resolve(name), to.resolve(name));
      }
      return to;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Which of these texts stand in one of the files. */
  public static List<String> found(Collection<Path> files, Collection<String> texts) {
    List<String> contents = files.stream().map(RawFiles::latin1).toList();
    return texts.stream()
        .filter(text -> contents.stream().anyMatch(content -> content.contains(text)))
        .toList();
  }

  /** One char for one byte, so that String.contains searches bytes. */
  private static String latin1(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
