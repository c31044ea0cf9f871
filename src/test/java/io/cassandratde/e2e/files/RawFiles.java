package io.cassandratde.e2e.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Comparator;
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

  /** Deletes what stands of SSTables in a directory itself. */
  public static void deleteSSTables(Path directory) {
    sstableFiles(directory).forEach(name -> delete(directory.resolve(name)));
  }

  /** Deletes a file or a directory with all that is in it. */
  public static void delete(Path fileOrDirectory) {
    try (Stream<Path> all = Files.walk(fileOrDirectory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (NoSuchFileException gone) {
      // As wished.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Changes one byte in place, 1 to 2, and 2 back to 1. */
  public static void flip(Path file, long at) {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, at);
      channel.write(one.put(0, (byte) (one.get(0) ^ 3)).rewind(), at);
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
