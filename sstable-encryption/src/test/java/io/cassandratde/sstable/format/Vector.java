package io.cassandratde.sstable.format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One block of vectors/chunks-v1.txt: "name: value" lines up to an empty one; docs/FORMAT.md says
 * what they mean.
 */
record Vector(Map<String, String> fields) {

  static final String RESOURCE = "/vectors/chunks-v1.txt";

  static List<Vector> all() throws IOException {
    try (InputStream in = Objects.requireNonNull(Vector.class.getResourceAsStream(RESOURCE))) {
      List<Vector> vectors = new ArrayList<>();
      Map<String, String> fields = new LinkedHashMap<>();
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        if (line.startsWith("#")) {
          continue;
        }
        if (line.isEmpty()) {
          if (!fields.isEmpty()) {
            vectors.add(new Vector(fields));
            fields = new LinkedHashMap<>();
          }
          continue;
        }
        int colon = line.indexOf(": ");
        fields.put(line.substring(0, colon), line.substring(colon + 2));
      }
      return vectors;
    }
  }

  String text(String name) {
    return Objects.requireNonNull(fields.get(name), name + " of " + this);
  }

  byte[] bytes(String name) {
    return HexFormat.of().parseHex(text(name).equals("-") ? "" : text(name));
  }

  boolean isAccepted() {
    return text("result").equals("OPENS");
  }

  @Override
  public String toString() {
    return String.valueOf(fields.get("vector"));
  }
}
