package io.cassandratde.kmip.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The two lists beside this class, one entry a line, fields separated by {@code |}. */
final class CaseList {
  /** A case that is not replayed, and why. */
  record Unsupported(String name, String reasonClass, String line) {}

  /** A slip in an official case; {@code message} counts requests and responses from 1. */
  record Erratum(String name, int message, String tag, String printed, String meant, String line) {}

  private CaseList() {}

  static List<Unsupported> unsupported() throws IOException {
    return lines("unsupported.txt").stream()
        .map(fields -> new Unsupported(fields[0], fields[1], fields[2]))
        .toList();
  }

  static List<Erratum> errata() throws IOException {
    return lines("errata.txt").stream()
        .map(
            fields ->
                new Erratum(
                    fields[0],
                    Integer.parseInt(fields[1]),
                    fields[2],
                    fields[3],
                    fields[4],
                    fields[5]))
        .toList();
  }

  private static List<String[]> lines(String resource) throws IOException {
    InputStream in = Objects.requireNonNull(CaseList.class.getResourceAsStream(resource), resource);
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      List<String[]> lines = new ArrayList<>();
      @Nullable String line;
      while ((line = reader.readLine()) != null) {
        if (!line.isBlank() && !line.startsWith("#")) {
          lines.add(line.split("\\|", -1));
        }
      }
      return lines;
    }
  }
}
