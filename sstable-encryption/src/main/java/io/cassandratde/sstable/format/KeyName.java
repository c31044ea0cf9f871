package io.cassandratde.sstable.format;

import io.cassandratde.keys.KeyReference;
import java.nio.ByteBuffer;

/**
 * How every header names a key: group tag 4, check value 4, key id in one of two forms. The form
 * stands elsewhere in the header.
 */
public final class KeyName {

  private static final int CHECK_VALUE_AT = 4;
  private static final int ID_AT = 8;

  private KeyName() {}

  /** 0: the id is a UUID; 1: text. */
  public static int form(KeyReference key) {
    return KeyIdCodec.form(key.keyId());
  }

  public static byte[] encode(KeyReference key) {
    byte[] id = KeyIdCodec.encode(key.keyId());
    return ByteBuffer.allocate(ID_AT + id.length)
        .putInt(key.groupTag())
        .putInt(key.checkValue())
        .put(id)
        .array();
  }

  /**
   * Reads a name at the buffer's position and moves it behind.
   *
   * @throws CorruptChunkException of reason MALFORMED
   */
  public static KeyReference decode(int form, ByteBuffer from) throws CorruptChunkException {
    byte[] bytes = new byte[Math.min(from.remaining(), ID_AT + 2 + ChunkFormat.MAX_TEXT_BYTES)];
    from.get(from.position(), bytes);
    int idLength =
        bytes.length < ID_AT
            ? Integer.MAX_VALUE - ID_AT
            : KeyIdCodec.encodedLength(form, bytes, ID_AT, bytes.length);
    if (ID_AT + idLength > bytes.length) {
      throw new CorruptChunkException(
          CorruptChunkException.Reason.MALFORMED, "it ends within the name of a key");
    }
    String id = KeyIdCodec.decode(form, bytes, ID_AT, idLength);
    from.position(from.position() + ID_AT + idLength);
    return new KeyReference(
        ChunkFormat.getInt(bytes, 0), id, ChunkFormat.getInt(bytes, CHECK_VALUE_AT));
  }
}
