package io.cassandratde.kmip.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the official OASIS files are: the system property {@code tde.kmip.vectors}, else the
 * environment variable {@code KMIP_OASIS_DIR}, else beside the checkout. They may not be copied
 * into the project.
 */
final class OasisFolder {
  private OasisFolder() {}

  /** The folder, or null when there is none; in CI a missing folder is an error, never a skip. */
  static @Nullable Path find() {
    String named = System.getProperty("tde.kmip.vectors", System.getenv("KMIP_OASIS_DIR"));
    Path folder =
        named != null
            ? Path.of(named)
            : Path.of(System.getProperty("tde.root", ".."), "..", "shared", "kmip-oasis");
    if (Files.isDirectory(folder)) {
      return folder.toAbsolutePath().normalize();
    }
    if (named != null || "true".equals(System.getenv("CI"))) {
      throw new AssertionError("the folder of official KMIP cases is missing: " + folder);
    }
    return null;
  }

  /** Every XML case of KMIP 1.4, ordered by name. */
  static List<Path> xmlCases(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".xml"))
          .filter(file -> file.toString().contains("v1.4"))
          .sorted(Comparator.comparing(file -> file.getFileName().toString()))
          .toList();
    }
  }
}
