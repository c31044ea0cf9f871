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
public record Vector(Map<String, String> fields) {

  /** Chunks of docs/FORMAT.md. */
  static final String RESOURCE = "/vectors/chunks-v1.txt";

  /** All that docs/FORMAT-EBTI.md describes. */
  public static final String EBTI = "/vectors/ebti-v1.txt";

  public static List<Vector> all() throws IOException {
    return all(RESOURCE);
  }

  public static List<Vector> all(String resource) throws IOException {
    try (InputStream in = Objects.requireNonNull(Vector.class.getResourceAsStream(resource))) {
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

  public String text(String name) {
    return Objects.requireNonNull(fields.get(name), name + " of " + this);
  }

  public byte[] bytes(String name) {
    return HexFormat.of().parseHex(text(name).equals("-") ? "" : text(name));
  }

  public int number(String name) {
    return Integer.parseInt(text(name));
  }

  public boolean isAccepted() {
    return text("result").equals("OPENS");
  }

  /** Of the SSTable that the chunk stands in. */
  public int chunkLength() {
    return Integer.parseInt(fields.getOrDefault("chunk_length", "65536"));
  }

  /** Whether the key opens it, whatever becomes of the payload. */
  boolean isAuthentic() {
    return fields.containsKey("payload");
  }

  /** The inner compression that the chunk itself names. */
  InnerCompression sealedAs() {
    int code = bytes("chunk")[ChunkFormat.FLAGS_AT] & 0x0F;
    return Objects.requireNonNull(InnerCompression.ofCode(code));
  }

  boolean fitsClass() {
    return sealedAs() == InnerCompression.STORED || sealedAs().name().equals(text("inner"));
  }

  @Override
  public String toString() {
    return String.valueOf(fields.get("vector"));
  }
}
