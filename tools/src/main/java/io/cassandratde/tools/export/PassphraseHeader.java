package io.cassandratde.tools.export;

import com.fasterxml.jackson.databind.JsonNode;
import io.cassandratde.keys.crypto.X25519;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a passphrase becomes a key, and which one: what an export under a passphrase begins with. Its
 * checksum tells a damaged header from a wrong passphrase.
 */
final class PassphraseHeader {

  static final int SALT = 16;

  private static final String FUNCTION = "argon2id";

  /** Of OWASP's minimum, to what this program's memory has room for. */
  private static final int LEAST_KIB = 19_456;

  private static final int MOST_KIB = 131_072;
  private static final int MOST_PASSES = 64;
  private static final int MOST_LANES = 16;
  private static final int CHECKSUM = 8;

  private final byte[] salt;
  private final int memoryKib;
  private final int passes;
  private final int lanes;
  private final byte[] publicKey;

  PassphraseHeader(byte[] salt, int memoryKib, int passes, int lanes, byte[] publicKey) {
    this.salt = salt.clone();
    this.memoryKib = memoryKib;
    this.passes = passes;
    this.lanes = lanes;
    this.publicKey = publicKey.clone();
  }

  byte[] salt() {
    return salt.clone();
  }

  int memoryKib() {
    return memoryKib;
  }

  int passes() {
    return passes;
  }

  int lanes() {
    return lanes;
  }

  /** That of the passphrase: data keys are sealed to it. */
  byte[] publicKey() {
    return publicKey.clone();
  }

  /** As the file's MAC covers it. */
  byte[] bytes() {
    return ByteBuffer.allocate(SALT + 12 + X25519.BYTES)
        .put(salt)
        .putInt(memoryKib)
        .putInt(passes)
        .putInt(lanes)
        .put(publicKey)
        .array();
  }

  private byte[] checksum() {
    try {
      return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(bytes()), CHECKSUM);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  Map<String, @Nullable Object> json() {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("function", FUNCTION);
    tree.put("salt", Base64.getEncoder().encodeToString(salt));
    tree.put("memory_kib", memoryKib);
    tree.put("passes", passes);
    tree.put("lanes", lanes);
    tree.put("public_key", Base64.getEncoder().encodeToString(publicKey));
    tree.put("checksum", Base64.getEncoder().encodeToString(checksum()));
    return tree;
  }

  /**
   * What {@link #json} gave.
   *
   * @throws IOException it is damaged, or asks for more than this program gives
   */
  static PassphraseHeader parse(JsonNode tree) throws IOException {
    if (!tree.path("function").asText().equals(FUNCTION)) {
      throw new IOException("its passphrase's function is not " + FUNCTION);
    }
    PassphraseHeader header =
        new PassphraseHeader(
            bytes(tree, "salt", SALT),
            number(tree, "memory_kib", LEAST_KIB, MOST_KIB),
            number(tree, "passes", 1, MOST_PASSES),
            number(tree, "lanes", 1, MOST_LANES),
            bytes(tree, "public_key", X25519.BYTES));
    if (!MessageDigest.isEqual(bytes(tree, "checksum", CHECKSUM), header.checksum())) {
      throw new IOException("what it says of its passphrase is damaged: its checksum is wrong");
    }
    return header;
  }

  static byte[] bytes(JsonNode tree, String field, int length) throws IOException {
    byte[] bytes;
    try {
      String text = tree.path(field).asText();
      // Not decoded before it is known to be short.
      bytes = text.length() > 2 * length ? new byte[0] : Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      bytes = new byte[0];
    }
    if (bytes.length != length) {
      throw new IOException("its %s is not %d bytes in base64".formatted(field, length));
    }
    return bytes;
  }

  private static int number(JsonNode tree, String field, int least, int most) throws IOException {
    JsonNode value = tree.path(field);
    if (!value.isInt() || value.intValue() < least || value.intValue() > most) {
      throw new IOException(
          "its %s is no whole number from %d to %d".formatted(field, least, most));
    }
    return value.intValue();
  }
}
