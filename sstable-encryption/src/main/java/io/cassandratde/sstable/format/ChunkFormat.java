package io.cassandratde.sstable.format;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The layout of a chunk as chained constants.
 *
 * <pre>
 * version 1 | flags 1 | group tag 4 | check value 4 | key id 16, or 2 + n | salt 16 | counter 4 | ciphertext | tag 16
 *                     |---------------- binding: context of the subkey and cache key ---------|
 * |---------------------------------- header = AAD -------------------------------------------|
 * </pre>
 *
 * (The binding ends before the counter; the context of the subkey ends before the salt.)
 */
public final class ChunkFormat {

  public static final int VERSION = 1;

  static final int FLAGS_AT = 1;
  static final int GROUP_TAG_AT = 2;
  static final int CHECK_VALUE_AT = GROUP_TAG_AT + 4;
  static final int KEY_ID_AT = CHECK_VALUE_AT + 4;

  static final int UUID_BYTES = 16;
  static final int TEXT_LENGTH_BYTES = 2;
  public static final int MAX_TEXT_BYTES = 1024;
  public static final int SALT_BYTES = 16;
  static final int COUNTER_BYTES = 4;
  public static final int TAG_BYTES = 16;

  /** Form of the key id: the high nibble of the flags. */
  static final int FORM_UUID = 0;

  static final int FORM_TEXT = 1;

  static final int MIN_HEADER = KEY_ID_AT + TEXT_LENGTH_BYTES + 1 + SALT_BYTES + COUNTER_BYTES;
  public static final int UUID_HEADER = KEY_ID_AT + UUID_BYTES + SALT_BYTES + COUNTER_BYTES;
  public static final int MAX_HEADER =
      KEY_ID_AT + TEXT_LENGTH_BYTES + MAX_TEXT_BYTES + SALT_BYTES + COUNTER_BYTES;

  /** What a chunk under a UUID key id costs: 62 bytes. */
  public static final int UUID_OVERHEAD = UUID_HEADER + TAG_BYTES;

  /** What any chunk costs at most; ciphertext is never longer than the plaintext. */
  public static final int MAX_OVERHEAD = MAX_HEADER + TAG_BYTES;

  static final int NONCE_BYTES = 12;
  static final int NONCE_COUNTER_AT = NONCE_BYTES - COUNTER_BYTES;
  static final int TAG_BITS = TAG_BYTES * 8;
  static final String TRANSFORMATION = "AES/GCM/NoPadding";

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private ChunkFormat() {}

  static int getInt(byte[] bytes, int at) {
    return (int) INT.get(bytes, at);
  }

  static void putInt(byte[] bytes, int at, int value) {
    INT.set(bytes, at, value);
  }

  static long getLong(byte[] bytes, int at) {
    return (long) LONG.get(bytes, at);
  }
}
