package io.cassandratde.e2e.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** Searches files byte by byte, as {@code strings | grep} would. */
public final class RawFiles {

  private RawFiles() {}

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
