package io.cassandratde.sstable.format;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.sstable.format.CorruptChunkException.Reason;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What a chunk says about itself, readable without any key. Nothing in it is authentic before the
 * tag was verified.
 */
public final class ChunkHeader {

  private final KeyReference key;
  private final InnerCompression inner;
  private final byte[] salt;
  private final int counter;
  private final int length;

  private ChunkHeader(
      KeyReference key, InnerCompression inner, byte[] salt, int counter, int length) {
    this.key = key;
    this.inner = inner;
    this.salt = salt;
    this.counter = counter;
    this.length = length;
  }

  /**
   * Parses the header that starts at the buffer's position; the buffer's position and limit stay as
   * they are. The ciphertext need not be there.
   *
   * @throws CorruptChunkException of reason MALFORMED where docs/FORMAT.md says MUST
   */
  public static ChunkHeader parse(ByteBuffer chunk) throws CorruptChunkException {
    byte[] bytes = new byte[Math.min(chunk.remaining(), ChunkFormat.MAX_HEADER)];
    chunk.get(chunk.position(), bytes);
    return parse(bytes, bytes.length);
  }

  static ChunkHeader parse(byte[] bytes, int end) throws CorruptChunkException {
    int saltAt = saltAt(bytes, end);
    int form = (bytes[ChunkFormat.FLAGS_AT] & 0xFF) >>> 4;
    InnerCompression inner = inner(bytes);
    String id =
        KeyIdCodec.decode(form, bytes, ChunkFormat.KEY_ID_AT, saltAt - ChunkFormat.KEY_ID_AT);
    KeyReference key =
        new KeyReference(
            ChunkFormat.getInt(bytes, ChunkFormat.GROUP_TAG_AT),
            id,
            ChunkFormat.getInt(bytes, ChunkFormat.CHECK_VALUE_AT));
    int counterAt = saltAt + ChunkFormat.SALT_BYTES;
    return new ChunkHeader(
        key,
        inner,
        Arrays.copyOfRange(bytes, saltAt, counterAt),
        ChunkFormat.getInt(bytes, counterAt),
        counterAt + ChunkFormat.COUNTER_BYTES);
  }

  /**
   * Where the salt starts, with all that stands before it, and the length of the header, checked.
   * Allocates nothing.
   */
  static int saltAt(byte[] bytes, int end) throws CorruptChunkException {
    if (end < ChunkFormat.MIN_HEADER) {
      throw malformed("it ends after " + end + " bytes");
    }
    if (bytes[0] != ChunkFormat.VERSION) {
      throw new CorruptChunkException(
          Reason.MALFORMED,
          "bad chunk header: version "
              + (bytes[0] & 0xFF)
              + "; this reader knows version "
              + ChunkFormat.VERSION,
          UnknownVersionException.ofVersion("block", bytes[0], ChunkFormat.VERSION));
    }
    int form = (bytes[ChunkFormat.FLAGS_AT] & 0xFF) >>> 4;
    int idLength = KeyIdCodec.encodedLength(form, bytes, ChunkFormat.KEY_ID_AT, end);
    int saltAt = ChunkFormat.KEY_ID_AT + idLength;
    if (saltAt + ChunkFormat.SALT_BYTES + ChunkFormat.COUNTER_BYTES > end) {
      throw malformed("it ends after " + end + " bytes");
    }
    return saltAt;
  }

  static InnerCompression inner(byte[] bytes) throws CorruptChunkException {
    int code = bytes[ChunkFormat.FLAGS_AT] & 0x0F;
    InnerCompression inner = InnerCompression.ofCode(code);
    if (inner == null) {
      throw malformed("unknown inner compression " + code);
    }
    return inner;
  }

  private static CorruptChunkException malformed(String what) {
    return new CorruptChunkException(Reason.MALFORMED, "bad chunk header: " + what);
  }

  /**
   * The header of a session's chunks; flags carry no inner compression and the counter is zero yet.
   */
  static byte[] template(KeyReference key, byte[] salt) {
    byte[] id = KeyIdCodec.encode(key.keyId());
    return ByteBuffer.allocate(
            ChunkFormat.KEY_ID_AT + id.length + ChunkFormat.SALT_BYTES + ChunkFormat.COUNTER_BYTES)
        .put((byte) ChunkFormat.VERSION)
        .put((byte) (KeyIdCodec.form(key.keyId()) << 4))
        .putInt(key.groupTag())
        .putInt(key.checkValue())
        .put(id)
        .put(salt)
        .array();
  }

  /** The key that sealed this chunk. */
  public KeyReference key() {
    return key;
  }

  public InnerCompression inner() {
    return inner;
  }

  public byte[] salt() {
    return salt.clone();
  }

  public long counter() {
    return Integer.toUnsignedLong(counter);
  }

  /** Bytes before the ciphertext. */
  public int length() {
    return length;
  }

  @Override
  public String toString() {
    return "chunk " + counter() + " sealed by " + key + ", " + inner;
  }
}
