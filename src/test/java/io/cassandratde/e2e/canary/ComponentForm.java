package io.cassandratde.e2e.canary;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** What docs/FORMAT-EBTI.md says that a file of a protected SSTable begins with. */
final class ComponentForm {

  private static final String PAGES = "TDEPAGE";
  private static final String CARRIER = "TDECARR";
  private static final int ROWS_AT = 24;

  /** Without content of their own, or sealed within. */
  private static final Set<String> NO_PAGES =
      Set.of("Data.db", "Statistics.db", "CompressionInfo.db", "Digest.crc32", "TOC.txt");

  private ComponentForm() {}

  /** Why a file below a data folder is not encrypted; empty for one that is, or holds no rows. */
  static Optional<String> reasonInClear(Path file) throws IOException {
    String name = file.getFileName().toString();
    if (name.contains("-big-") || name.contains("-bti-")) {
      return Optional.of("of a stock format");
    }
    int at = name.indexOf("-ebti-");
    String component = at < 0 ? "" : name.substring(at + "-ebti-".length());
    if (at < 0 || NO_PAGES.contains(component) || component.endsWith(".tmp")) {
      return Optional.empty();
    }
    byte[] start;
    try (InputStream in = Files.newInputStream(file)) {
      start = in.readNBytes(ROWS_AT + 2);
    }
    boolean carrier = component.equals("Encryption.db");
    byte[] magic = (carrier ? CARRIER : PAGES).getBytes(UTF_8);
    if (start.length == 0) {
      return Optional.empty(); // just begun
    }
    if (start.length < magic.length
        || !Arrays.equals(start, 0, magic.length, magic, 0, magic.length)) {
      return Optional.of("does not begin with " + new String(magic, UTF_8));
    }
    return carrier && start.length == ROWS_AT + 2 && start[ROWS_AT] == 0 && start[ROWS_AT + 1] == 0
        ? Optional.of("a carrier without keys")
        : Optional.empty();
  }
}
