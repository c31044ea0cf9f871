package io.cassandratde.keys.master;

import io.cassandratde.keys.CipherSpec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/**
 * What a wrapped key is for. A wrap opens for this alone, so that nobody puts the key of another
 * master or namespace, or an older version, in its place.
 *
 * @param master name of the master key, as tables and configuration say it: two names may have
 *     their keys in one place
 * @param namespace of the keys among which it is one; empty: of none
 * @param version from 1, counted up within master, namespace and cipher
 */
public record KeyBinding(
    String master, String namespace, CipherSpec cipher, UUID keyId, int version) {

  /** No line gets there in earnest: a row that says so was written by no node. */
  public static final int MAX_VERSION = 1 << 30;

  private static final String LABEL = "cassandra-tde/1 replicated-key";

  public KeyBinding {
    if (version < 1 || version > MAX_VERSION) {
      throw new IllegalArgumentException(
          "version %d of a key: they begin with 1 and end with %d".formatted(version, MAX_VERSION));
    }
    for (String name : List.of(master, namespace)) {
      if (name.getBytes(StandardCharsets.UTF_8).length > 0xFFFF) {
        throw new IllegalArgumentException("master and namespace have at most 65535 bytes each");
      }
    }
  }

  /**
   * Label, master, namespace and algorithm with their lengths, then numbers: no two give the same
   * bytes.
   */
  byte[] bytes() {
    byte[] label = LABEL.getBytes(StandardCharsets.US_ASCII);
    byte[] name = master.getBytes(StandardCharsets.UTF_8);
    byte[] space = namespace.getBytes(StandardCharsets.UTF_8);
    byte[] algorithm = cipher.algorithm().getBytes(StandardCharsets.US_ASCII);
    int texts = label.length + name.length + space.length + algorithm.length;
    return ByteBuffer.allocate(4 * Short.BYTES + texts + 2 + 16 + 4)
        .putShort((short) label.length)
        .put(label)
        .putShort((short) name.length)
        .put(name)
        .putShort((short) space.length)
        .put(space)
        .putShort((short) algorithm.length)
        .put(algorithm)
        .putShort((short) cipher.bits())
        .putLong(keyId.getMostSignificantBits())
        .putLong(keyId.getLeastSignificantBits())
        .putInt(version)
        .array();
  }

  @Override
  public String toString() {
    return "key %s (version %d of namespace '%s', %s)".formatted(keyId, version, namespace, cipher);
  }
}
