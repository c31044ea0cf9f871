package io.cassandratde.keys;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A two-byte big-endian length before the bytes: no two different lists of fields give the same
 * bytes.
 */
final class LengthPrefixed {

  private static final int MAX = 0xFFFF;

  private LengthPrefixed() {}

  static byte[] of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] of(byte[] bytes) {
    if (bytes.length > MAX) {
      throw new IllegalArgumentException("field of " + bytes.length + " bytes, at most " + MAX);
    }
    return ByteBuffer.allocate(2 + bytes.length).putShort((short) bytes.length).put(bytes).array();
  }
}
