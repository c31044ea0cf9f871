package io.cassandratde.e2e.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** Commit log, change data and hints of a node, as they are on disk. */
public final class LogFiles {

  private LogFiles() {}

  /** Of the commit log, and of cdc_raw. */
  public static List<Path> segments(Path node) {
    return Stream.of("commitlog", "cdc_raw")
        .flatMap(directory -> files(node.resolve(directory), ".log").stream())
        .toList();
  }

  /** Files of hints, not their checksums. */
  public static List<Path> hints(Path node) {
    return files(node.resolve("hints"), ".hints");
  }

  /** Where the first block of a compressed segment begins. */
  public static long firstBlock(Path segment) throws IOException {
    int parameters = ByteBuffer.wrap(Files.readAllBytes(segment)).getShort(4 + 8);
    return 4L + 8 + 2 + parameters + 4 + 4 + 4 + 4;
  }

  /** Whether a block of one of these files names this key. */
  public static boolean name(List<Path> files, String keyId) {
    UUID id = UUID.fromString(keyId);
    byte[] bytes =
        ByteBuffer.allocate(16)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .array();
    return !RawFiles.found(files, List.of(new String(bytes, StandardCharsets.ISO_8859_1)))
        .isEmpty();
  }

  private static List<Path> files(Path directory, String ending) {
    if (!Files.exists(directory)) {
      return List.of();
    }
    try (Stream<Path> found = Files.list(directory)) {
      return found.filter(path -> path.toString().endsWith(ending)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
