package io.cassandratde.sstable.cassandra.ebti;

import io.cassandratde.sstable.format.data.DataCipher;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The chunk that a thread opened last, in clear. A point read takes the same chunk twice: Cassandra
 * compares the key that stands in Data.db with the one it looks for, and then opens the file again
 * for the rows. The second time neither the cipher nor the inner compressor need work, which pays
 * for the first (docs/PERFORMANCE.md).
 *
 * <p>What is given is authentic: it was opened under the same subkey, from bytes with the same
 * header (place and counter) and tag. Not for chunks that follow one another, as in a scan or a
 * compaction: nobody comes back for those.
 */
final class RecentChunk {

  /** A chunk of more is not kept. */
  private static final int MOST_BYTES = 1 << 16;

  private static final ThreadLocal<RecentChunk> OF_THREAD =
      ThreadLocal.withInitial(RecentChunk::new);

  private @Nullable DataCipher cipher;
  private int ordinal;

  private final byte[] identity = new byte[DataCipher.OVERHEAD];

  private byte[] plain = new byte[0];

  /** -1: nothing is kept. */
  private int length = -1;

  static RecentChunk ofThread() {
    return OF_THREAD.get();
  }

  /**
   * Puts the chunk to {@code out} if it is the one opened last.
   *
   * @param sealed header, ciphertext and tag in {@code [0..sealedLength)}
   */
  boolean put(DataCipher with, int place, byte[] sealed, int sealedLength, ByteBuffer out) {
    if (length < 0
        || cipher != with
        || ordinal != place
        || sealedLength < DataCipher.OVERHEAD
        || length > out.remaining()
        || !isSame(sealed, sealedLength)
        || !with.isOpen()) {
      return false;
    }
    out.put(plain, 0, length);
    return true;
  }

  /**
   * Notes which chunk was opened, and forgets the one before.
   *
   * @return whether to {@link #keep} it
   */
  boolean expect(DataCipher with, int place, byte[] sealed, int sealedLength) {
    boolean follows = cipher == with && place == ordinal + 1;
    cipher = with;
    ordinal = place;
    length = -1;
    System.arraycopy(sealed, 0, identity, 0, DataCipher.HEADER_BYTES);
    System.arraycopy(
        sealed,
        sealedLength - DataCipher.TAG_BYTES,
        identity,
        DataCipher.HEADER_BYTES,
        DataCipher.TAG_BYTES);
    return !follows;
  }

  /** Takes the plaintext of the chunk expected: {@code out[from..position)}. */
  void keep(ByteBuffer out, int from) {
    int opened = out.position() - from;
    if (opened > MOST_BYTES) {
      return;
    }
    if (plain.length < opened) {
      plain = new byte[opened];
    }
    out.get(from, plain, 0, opened);
    length = opened;
  }

  private boolean isSame(byte[] sealed, int sealedLength) {
    return Arrays.equals(sealed, 0, DataCipher.HEADER_BYTES, identity, 0, DataCipher.HEADER_BYTES)
        && Arrays.equals(
            sealed,
            sealedLength - DataCipher.TAG_BYTES,
            sealedLength,
            identity,
            DataCipher.HEADER_BYTES,
            DataCipher.OVERHEAD);
  }
}
