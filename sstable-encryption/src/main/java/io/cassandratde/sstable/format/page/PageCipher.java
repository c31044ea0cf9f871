package io.cassandratde.sstable.format.page;

import io.cassandratde.keys.KeyUse;
import io.cassandratde.sstable.format.Gcm;
import io.cassandratde.sstable.format.Subkey;
import io.cassandratde.sstable.format.carrier.SSTableKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;

/**
 * Seals and opens the pages of one extent, under a subkey of its own (docs/RULES.md R5). Each page
 * is bound to SSTable, component, extent and place, and the last one to the length as well (R8,
 * R11), so that nothing can change places and no end can be cut off.
 */
final class PageCipher implements AutoCloseable {

  private static final int PLACE_BYTES = 8 + 1 + 8;
  private static final long MAX_SEALS = 1L << 32;

  private final ExtentHeader header;
  private final Subkey subkey;
  private final ThreadLocal<Gcm> ciphers;

  /** Pages sealed so far; never goes back, whatever is overwritten or cut off (R4). */
  private long seals;

  private PageCipher(ExtentHeader header, Subkey subkey, ThreadLocal<Gcm> ciphers) {
    this.header = header;
    this.subkey = subkey;
    this.ciphers = ciphers;
  }

  /**
   * The cipher of an extent.
   *
   * @throws CorruptPageException the header is another SSTable's
   */
  static PageCipher of(
      ExtentHeader header, SSTableKeys keys, String component, ThreadLocal<Gcm> ciphers)
      throws IOException {
    if (!header.uid().equals(keys.uid())) {
      throw CorruptPageException.notAuthentic(
          "it belongs to SSTable " + header.uid() + ", and its carrier to " + keys.uid(), null);
    }
    byte[] derived = keys.derive(header.keyId(), KeyUse.PAGE, header.salt(), component, 0);
    return new PageCipher(header, new Subkey(derived), ciphers);
  }

  ExtentHeader header() {
    return header;
  }

  /**
   * Seals {@code plain[0..length)} as page {@code index}; one thread at a time.
   *
   * @param last the extent ends with this page
   * @return the bytes put into {@code sealed}
   */
  int seal(long index, boolean last, byte[] plain, int length, byte[] sealed) {
    if (seals >= MAX_SEALS) {
      throw new IllegalStateException("2^32 pages were sealed under one subkey: rewrite the file");
    }
    int counter = (int) seals++; // spent before anything can fail
    ByteBuffer.wrap(sealed).putInt(0, counter);
    require(subkey.acquire());
    try {
      return ExtentHeader.COUNTER_BYTES
          + ciphers
              .get()
              .seal(
                  subkey,
                  counter,
                  aad(index, last, length),
                  plain,
                  0,
                  length,
                  sealed,
                  ExtentHeader.COUNTER_BYTES);
    } finally {
      subkey.release();
    }
  }

  /**
   * Opens page {@code index} from {@code sealed[at..at+length)} to the start of {@code plain}. Any
   * number of threads.
   *
   * @return the page's bytes
   * @throws CorruptPageException the bytes are not that page
   */
  int open(long index, boolean last, byte[] sealed, int at, int length, byte[] plain)
      throws CorruptPageException {
    int counter = ByteBuffer.wrap(sealed).getInt(at);
    require(subkey.acquire());
    try {
      return ciphers
          .get()
          .open(
              subkey,
              counter,
              aad(index, last, length - ExtentHeader.PAGE_OVERHEAD),
              sealed,
              at + ExtentHeader.COUNTER_BYTES,
              length - ExtentHeader.COUNTER_BYTES,
              plain,
              0);
    } catch (AEADBadTagException e) {
      Arrays.fill(plain, (byte) 0);
      throw CorruptPageException.notAuthentic(
          "page "
              + index
              + (last ? ", the last," : "")
              + " fails authentication: it was changed, moved or cut off after sealing",
          e);
    } finally {
      subkey.release();
    }
  }

  private byte[] aad(long index, boolean last, int length) {
    long total = last ? index * header.pageSize() + length : 0;
    return ByteBuffer.allocate(ExtentHeader.BYTES + PLACE_BYTES)
        .put(header.bytes())
        .putLong(index)
        .put((byte) (last ? 1 : 0))
        .putLong(total)
        .array();
  }

  private static void require(boolean acquired) {
    if (!acquired) {
      throw new IllegalStateException("this page file was closed");
    }
  }

  @Override
  public void close() {
    subkey.retire();
  }
}
