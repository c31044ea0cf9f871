package io.cassandratde.sstable.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cassandratde.sstable.format.CorruptChunkException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Key ids on disk: 16 bytes for a canonical UUID, else length and UTF-8 text. One id has exactly
 * one encoding.
 */
final class KeyIdCodec {

  private static final int CANONICAL_LENGTH = 36;

  private KeyIdCodec() {}

  static int form(String keyId) {
    return uuid(keyId) != null ? ChunkFormat.FORM_UUID : ChunkFormat.FORM_TEXT;
  }

  static byte[] encode(String keyId) {
    UUID uuid = uuid(keyId);
    if (uuid != null) {
      return ByteBuffer.allocate(ChunkFormat.UUID_BYTES)
          .putLong(uuid.getMostSignificantBits())
          .putLong(uuid.getLeastSignificantBits())
          .array();
    }
    byte[] text = keyId.getBytes(UTF_8);
    if (text.length == 0 || text.length > ChunkFormat.MAX_TEXT_BYTES) {
      throw new IllegalArgumentException(
          "key id of " + text.length + " bytes does not fit a chunk header");
    }
    return ByteBuffer.allocate(ChunkFormat.TEXT_LENGTH_BYTES + text.length)
        .putShort((short) text.length)
        .put(text)
        .array();
  }

  /**
   * Length of the encoded id that starts at the buffer's position. Checks bounds, allocates
   * nothing.
   */
  static int encodedLength(int form, byte[] bytes, int at, int end) throws CorruptChunkException {
    if (form == ChunkFormat.FORM_UUID) {
      return ChunkFormat.UUID_BYTES;
    }
    if (form != ChunkFormat.FORM_TEXT) {
      throw malformed("unknown form " + form + " of a key id");
    }
    if (at + ChunkFormat.TEXT_LENGTH_BYTES > end) {
      throw malformed("it ends within the length of its key id");
    }
    int length = ((bytes[at] & 0xFF) << 8) | (bytes[at + 1] & 0xFF);
    if (length == 0 || length > ChunkFormat.MAX_TEXT_BYTES) {
      throw malformed(
          "key id of " + length + " bytes; 1 to " + ChunkFormat.MAX_TEXT_BYTES + " are allowed");
    }
    return ChunkFormat.TEXT_LENGTH_BYTES + length;
  }

  static String decode(int form, byte[] bytes, int at, int encodedLength)
      throws CorruptChunkException {
    if (form == ChunkFormat.FORM_UUID) {
      return new UUID(ChunkFormat.getLong(bytes, at), ChunkFormat.getLong(bytes, at + 8))
          .toString();
    }
    int start = at + ChunkFormat.TEXT_LENGTH_BYTES;
    String text;
    try {
      ByteBuffer encoded =
          ByteBuffer.wrap(bytes, start, encodedLength - ChunkFormat.TEXT_LENGTH_BYTES);
      text = UTF_8.newDecoder().decode(encoded).toString();
    } catch (CharacterCodingException e) {
      throw new CorruptChunkException(
          Reason.MALFORMED, "bad chunk header: its key id is not UTF-8", e);
    }
    if (uuid(text) != null) {
      throw malformed("a UUID key id stands there as text");
    }
    return text;
  }

  /** The UUID whose canonical lower-case text is exactly this id, or null. */
  private static @Nullable UUID uuid(String keyId) {
    if (keyId.length() != CANONICAL_LENGTH) {
      return null;
    }
    try {
      UUID uuid = UUID.fromString(keyId);
      return uuid.toString().equals(keyId) ? uuid : null;
    } catch (IllegalArgumentException notAUuid) {
      return null;
    }
  }

  private static CorruptChunkException malformed(String what) {
    return new CorruptChunkException(Reason.MALFORMED, "bad chunk header: " + what);
  }
}
