package io.cassandratde.kmip;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/**
 * Messages made by PyKMIP; the command that made them is {@code src/test/python/make_vectors.py}.
 * So our encoder and decoder are held against an implementation that is not ours.
 */
final class Vectors {
  /** The identifiers, key and time stamp in them. */
  static final String ID = "b4faee10-aa2a-4446-8ad4-0881f3422959";

  static final String OTHER = "1703250b-4d40-4de2-93a0-c494a1d4ae40";
  static final long STAMP = 1763856000;

  private Vectors() {}

  /** One message. */
  @SuppressWarnings("ArrayRecordComponent") // compared by no one
  record Vector(String name, ProtocolVersion version, byte[] bytes) {
    @Override
    public String toString() {
      return name + " " + version;
    }
  }

  static List<Vector> all() {
    try (InputStream in = Vectors.class.getResourceAsStream("vectors.txt")) {
      if (in == null) {
        throw new AssertionError("vectors.txt is missing");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return text.lines().map(Vectors::parse).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Vector parse(String line) {
    String[] fields = line.split(" ", -1);
    return new Vector(
        fields[0], ProtocolVersion.parse(fields[1]), HexFormat.of().parseHex(fields[2]));
  }

  static List<Vector> startingWith(String prefix) {
    return all().stream().filter(vector -> vector.name().startsWith(prefix)).toList();
  }

  static Vector one(String name, ProtocolVersion version) {
    return all().stream()
        .filter(vector -> vector.name().equals(name) && vector.version().equals(version))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no vector " + name + " " + version));
  }
}
