package io.cassandratde.sstable.format.data;

import io.cassandratde.keys.KeyUse;
import io.cassandratde.sstable.format.CorruptChunkException;
import io.cassandratde.sstable.format.CorruptChunkException.Reason;
import io.cassandratde.sstable.format.Gcm;
import io.cassandratde.sstable.format.InnerCompression;
import io.cassandratde.sstable.format.Subkey;
import io.cassandratde.sstable.format.carrier.SSTableKeys;
import io.cassandratde.sstable.format.carrier.SSTableUid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.AEADBadTagException;

/**
 * Seals and opens the chunks of one Data.db under a subkey of its own (docs/RULES.md R5).
 *
 * <pre>
 * flags 1 | ordinal 4 | counter 4 | ciphertext | tag 16
 * </pre>
 *
 * The high nibble of the flags is the version, the low one the inner compression. Additional
 * authenticated data: uid, salt, data key id, and the chunk's first nine bytes (R8, R9). The
 * counter never rewinds, while ordinals do (R4).
 */
public final class DataCipher implements AutoCloseable {

  public static final int VERSION = 1;

  /** Flags, ordinal and counter. */
  public static final int HEADER_BYTES = 1 + 4 + 4;

  public static final int TAG_BYTES = 16;

  /** What a chunk costs: 25 bytes. */
  public static final int OVERHEAD = HEADER_BYTES + TAG_BYTES;

  public static final int SALT_BYTES = 16;

  /** Any place will do: a stream of chunks has none. */
  public static final int ANY = -1;

  private static final int ORDINAL_AT = 1;
  private static final int COUNTER_AT = 5;
  private static final long MAX_SEALS = 1L << 32;

  private final byte[] binding;
  private final Subkey subkey;
  private final ThreadLocal<Gcm> ciphers;
  private final AtomicLong seals = new AtomicLong();
  private final AtomicInteger owners = new AtomicInteger(1);

  private DataCipher(byte[] binding, Subkey subkey, ThreadLocal<Gcm> ciphers) {
    this.binding = binding;
    this.subkey = subkey;
    this.ciphers = ciphers;
  }

  /**
   * The cipher of one Data.db. To seal with it, the salt must be fresh.
   *
   * @throws IOException the carrier has no such data key
   */
  public static DataCipher of(SSTableKeys keys, int keyId, byte[] salt, ThreadLocal<Gcm> ciphers)
      throws IOException {
    ByteBuffer binding = ByteBuffer.allocate(SSTableUid.BYTES + SALT_BYTES + 2);
    keys.uid().write(binding).put(salt).putShort((short) keyId);
    byte[] derived = keys.derive(keyId, KeyUse.SSTABLE_CHUNK, salt, "", 0);
    return new DataCipher(binding.array(), new Subkey(derived), ciphers);
  }

  /**
   * Seals {@code plain[0..length)} to the start of {@code sealed}.
   *
   * @param ordinal the chunk's place in the file, from 0
   * @return the sealed length, {@code length + 25}
   */
  public int seal(int ordinal, InnerCompression inner, byte[] plain, int length, byte[] sealed) {
    long seal = seals.getAndIncrement(); // spent before anything can fail
    if (seal >= MAX_SEALS) {
      throw new IllegalStateException("2^32 chunks were sealed under one subkey");
    }
    ByteBuffer.wrap(sealed)
        .put((byte) (VERSION << 4 | inner.code()))
        .putInt(ordinal)
        .putInt((int) seal);
    require(subkey.acquire());
    try {
      return HEADER_BYTES
          + ciphers
              .get()
              .seal(subkey, (int) seal, aad(sealed), plain, 0, length, sealed, HEADER_BYTES);
    } finally {
      subkey.release();
    }
  }

  /**
   * Opens {@code sealed[0..length)} to the start of {@code plain}.
   *
   * @param ordinal the place that was asked for, or {@link #ANY}
   * @return the bytes opened, {@code length - 25}
   * @throws CorruptChunkException they are not the chunk of that place
   */
  public int open(int ordinal, byte[] sealed, int length, byte[] plain)
      throws CorruptChunkException {
    requireHeader(sealed, length);
    int stored = ordinal(sealed);
    if (ordinal != ANY && stored != ordinal) {
      throw new CorruptChunkException(
          Reason.NOT_AUTHENTIC,
          "chunk " + stored + " stands where chunk " + ordinal + " belongs: they were moved");
    }
    int counter = ByteBuffer.wrap(sealed).getInt(COUNTER_AT);
    require(subkey.acquire());
    try {
      return ciphers
          .get()
          .open(
              subkey, counter, aad(sealed), sealed, HEADER_BYTES, length - HEADER_BYTES, plain, 0);
    } catch (AEADBadTagException e) {
      throw new CorruptChunkException(
          Reason.NOT_AUTHENTIC,
          "chunk "
              + stored
              + " of "
              + length
              + " bytes fails authentication: it was changed after sealing, or is another file's",
          e);
    } finally {
      subkey.release();
    }
  }

  private static void requireHeader(byte[] sealed, int length) throws CorruptChunkException {
    if (length < OVERHEAD) {
      throw new CorruptChunkException(
          Reason.MALFORMED, "bad chunk: " + length + " bytes are too few");
    }
    if ((sealed[0] & 0xFF) >>> 4 != VERSION) {
      throw new CorruptChunkException(
          Reason.MALFORMED,
          "bad chunk: version " + ((sealed[0] & 0xFF) >>> 4) + "; this reader knows " + VERSION);
    }
  }

  /** The place that a chunk says it has; authentic once it opened. */
  public static int ordinal(byte[] sealed) {
    return ByteBuffer.wrap(sealed).getInt(ORDINAL_AT);
  }

  /**
   * How the chunk is compressed; authentic once it opened.
   *
   * @throws CorruptChunkException no known way
   */
  public static InnerCompression inner(byte[] sealed) throws CorruptChunkException {
    InnerCompression inner = InnerCompression.ofCode(sealed[0] & 0x0F);
    if (inner == null) {
      throw new CorruptChunkException(
          Reason.MALFORMED, "bad chunk: unknown inner compression " + (sealed[0] & 0x0F));
    }
    return inner;
  }

  private byte[] aad(byte[] sealed) {
    return ByteBuffer.allocate(binding.length + HEADER_BYTES)
        .put(binding)
        .put(sealed, 0, HEADER_BYTES)
        .array();
  }

  private static void require(boolean acquired) {
    if (!acquired) {
      throw new IllegalStateException("this data file was closed");
    }
  }

  /** Whether chunks still open: false once its last owner closed it. */
  public boolean isOpen() {
    return owners.get() > 0;
  }

  /** For one more owner, who closes it as well. */
  public DataCipher share() {
    owners.incrementAndGet();
    return this;
  }

  /**
   * Once for each owner. After the last the subkey is wiped, as soon as no read uses it
   * (docs/RULES.md R3).
   */
  @Override
  public void close() {
    if (owners.decrementAndGet() == 0) {
      subkey.retire();
    }
  }
}
