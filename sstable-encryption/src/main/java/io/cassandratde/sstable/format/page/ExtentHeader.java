package io.cassandratde.sstable.format.page;

import io.cassandratde.sstable.format.UnknownVersionException;
import io.cassandratde.sstable.format.carrier.SSTableUid;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The layout of a page file, and the header of one extent: what one writer wrote between opening
 * and closing the file.
 *
 * <pre>
 * magic 7 | version 1 | uid 16 | salt 16 | data key id 2 | page shift 1 | continues 1 | zero 4 | previous tag 16
 * </pre>
 *
 * The header is in the additional authenticated data of each of its pages.
 */
final class ExtentHeader {

  static final int VERSION = 1;
  static final int BYTES = 64;
  static final int SALT_BYTES = 16;
  static final int TAG_BYTES = 16;
  static final int COUNTER_BYTES = 4;

  /** What a page costs. */
  static final int PAGE_OVERHEAD = COUNTER_BYTES + TAG_BYTES;

  /** Physical length of the extent 8, then {@link #END}. */
  static final int TRAILER_BYTES = 12;

  static final int END = 0x54444558; // "TDEX"

  /** 4 KiB, which is also the unit in which Cassandra's trie indexes are laid out. */
  static final int DEFAULT_SHIFT = 12;

  static final int MIN_SHIFT = 9;
  static final int MAX_SHIFT = 20;

  private static final byte[] MAGIC = "TDEPAGE".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION_AT = MAGIC.length;

  /** Bytes that tell what a file is. */
  static final int HEAD_BYTES = VERSION_AT + 1;

  private static final int UID_AT = 8;
  private static final int SALT_AT = UID_AT + SSTableUid.BYTES;
  private static final int KEY_ID_AT = SALT_AT + SALT_BYTES;
  private static final int SHIFT_AT = KEY_ID_AT + 2;
  private static final int CONTINUES_AT = SHIFT_AT + 1;
  private static final int ZERO_AT = CONTINUES_AT + 1;
  private static final int PREVIOUS_AT = ZERO_AT + 4;

  private final byte[] bytes;

  private ExtentHeader(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * A new extent's header.
   *
   * @param previousTag the last tag of the extent before; empty for a file's first
   */
  static ExtentHeader of(
      SSTableUid uid, byte[] salt, int keyId, int pageShift, byte[] previousTag) {
    ByteBuffer header = ByteBuffer.allocate(BYTES).put(MAGIC).put((byte) VERSION);
    uid.write(header)
        .put(salt)
        .putShort((short) keyId)
        .put((byte) pageShift)
        .put((byte) (previousTag.length == 0 ? 0 : 1))
        .putInt(0)
        .put(previousTag);
    return new ExtentHeader(header.array());
  }

  /** Whether these bytes begin as a page file does, of whatever version. */
  static boolean isOne(byte[] bytes) {
    return Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  static ExtentHeader parse(byte[] bytes) throws CorruptPageException {
    if (!isOne(bytes)) {
      throw new CorruptPageException("it does not begin with TDEPAGE");
    }
    requireVersion(bytes);
    ExtentHeader header = new ExtentHeader(bytes.clone());
    if (bytes[SHIFT_AT] < MIN_SHIFT || bytes[SHIFT_AT] > MAX_SHIFT) {
      throw new CorruptPageException("pages of 2^" + bytes[SHIFT_AT] + " bytes");
    }
    int continues = bytes[CONTINUES_AT];
    if ((continues != 0 && continues != 1)
        || ByteBuffer.wrap(bytes).getInt(ZERO_AT) != 0
        || (continues == 0 && !header.hasPreviousTag(new byte[TAG_BYTES]))) {
      throw new CorruptPageException("its header holds what version 1 does not know");
    }
    return header;
  }

  /**
   * Of bytes that begin as a page file does.
   *
   * @throws CorruptPageException caused by an {@link UnknownVersionException} if it is a later one
   */
  static void requireVersion(byte[] bytes) throws CorruptPageException {
    if (bytes[VERSION_AT] != VERSION) {
      throw new CorruptPageException(
          "page file of version "
              + (bytes[VERSION_AT] & 0xFF)
              + "; this reader knows version "
              + VERSION
              + ": was it written by a newer cassandra-tde?",
          UnknownVersionException.ofVersion("page file", bytes[VERSION_AT], VERSION));
    }
  }

  /** Not to be changed. */
  byte[] bytes() {
    return bytes;
  }

  SSTableUid uid() {
    return SSTableUid.read(ByteBuffer.wrap(bytes).position(UID_AT));
  }

  byte[] salt() {
    return Arrays.copyOfRange(bytes, SALT_AT, SALT_AT + SALT_BYTES);
  }

  int keyId() {
    return Short.toUnsignedInt(ByteBuffer.wrap(bytes).getShort(KEY_ID_AT));
  }

  int pageSize() {
    return 1 << bytes[SHIFT_AT];
  }

  boolean continues() {
    return bytes[CONTINUES_AT] != 0;
  }

  boolean hasPreviousTag(byte[] tag) {
    return Arrays.equals(bytes, PREVIOUS_AT, BYTES, tag, 0, TAG_BYTES);
  }

  /** Bytes on disk of a page that is full. */
  int fullPageBytes() {
    return pageSize() + PAGE_OVERHEAD;
  }
}
