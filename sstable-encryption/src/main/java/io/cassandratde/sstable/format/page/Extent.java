package io.cassandratde.sstable.format.page;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A finished extent: where it lies, how long it is in clear, and how its pages are opened. */
final class Extent implements AutoCloseable {

  /** Pages that are read from the disk at once when a caller wants many. */
  private static final int RUN = 16;

  /** Whoever wants more pages at once goes through the file, and will not come again. */
  private static final int CACHED_READ = 4;

  private static final int MIN_BYTES =
      ExtentHeader.BYTES + ExtentHeader.PAGE_OVERHEAD + ExtentHeader.TRAILER_BYTES;

  private final PageCipher cipher;
  private final PageCrypto crypto;
  private final long number;
  private final int pageSize;
  private final int fullPageBytes;

  /** Where its first page lies in the file on disk. */
  private final long pagesAt;

  private final long start;
  private final long length;

  /** Whether the cache may hold pages of it. */
  private volatile boolean kept;

  /**
   * @param pagesAt where its first page lies in the file on disk
   * @param start its place in the file in clear
   * @param length in clear
   */
  Extent(PageCipher cipher, PageCrypto crypto, long pagesAt, long start, long length) {
    this.cipher = cipher;
    this.crypto = crypto;
    this.number = crypto.cache().number();
    this.pageSize = cipher.header().pageSize();
    this.fullPageBytes = cipher.header().fullPageBytes();
    this.pagesAt = pagesAt;
    this.start = start;
    this.length = length;
  }

  /**
   * How many bytes in clear an extent of so many bytes on disk has.
   *
   * @throws CorruptPageException no writer leaves that many
   */
  static long clearLength(ExtentHeader header, long physical) throws CorruptPageException {
    if (physical < MIN_BYTES) {
      throw new CorruptPageException("an extent of " + physical + " bytes is too short");
    }
    long body = physical - ExtentHeader.BYTES - ExtentHeader.TRAILER_BYTES;
    long full = body / header.fullPageBytes();
    long rest = body % header.fullPageBytes();
    if (rest == 0) {
      return full * header.pageSize();
    }
    long last = rest - ExtentHeader.PAGE_OVERHEAD;
    if (last < 0 || (last == 0 && full > 0)) {
      throw new CorruptPageException("its last page has no possible length");
    }
    return full * header.pageSize() + last;
  }

  long start() {
    return start;
  }

  long length() {
    return length;
  }

  long end() {
    return start + length;
  }

  private long lastPage() {
    return length == 0 ? 0 : (length - 1) / pageSize;
  }

  /** Opens the last page, which is bound to the extent's length. */
  void verifyEnd(FileChannel raw) throws IOException {
    long last = lastPage();
    load(raw, last, 1);
    openPage(last, 0, crypto.staging().plain(pageSize));
  }

  /**
   * Reads from {@code position} in the file in clear, which lies in this extent, at least one byte
   * and at most to its end.
   *
   * @return the bytes read
   */
  int read(FileChannel raw, ByteBuffer to, long position) throws IOException {
    long from = position - start;
    int wanted = (int) Math.min(to.remaining(), length - from);
    boolean cached = wanted <= CACHED_READ * pageSize;
    int done = 0;
    while (done < wanted) {
      long page = (from + done) / pageSize;
      int offset = (int) ((from + done) % pageSize);
      int found = cached ? crypto.cache().read(number, page, offset, to, wanted - done) : 0;
      done += found > 0 ? found : readRun(raw, to, page, offset, wanted - done, cached);
    }
    return wanted;
  }

  /** Opens as many pages as are wanted, and fit into one read from the disk. */
  private int readRun(
      FileChannel raw, ByteBuffer to, long page, int offsetInFirst, int wanted, boolean keep)
      throws IOException {
    int offset = offsetInFirst;
    int run = (int) Math.min(RUN, (offset + (long) wanted + pageSize - 1) / pageSize);
    load(raw, page, run);
    int done = 0;
    for (int i = 0; i < run; i++) {
      byte[] plain = crypto.staging().plain(pageSize);
      int got = openPage(page + i, i, plain);
      if (keep) {
        kept = true;
        crypto.cache().keep(number, page + i, plain, got);
      }
      int part = Math.min(got - offset, wanted - done);
      to.put(plain, offset, part);
      done += part;
      offset = 0;
    }
    return done;
  }

  /** Reads pages from the disk to the staging array; the last page of the extent may be shorter. */
  private void load(FileChannel raw, long page, int pages) throws IOException {
    int bytes = (pages - 1) * fullPageBytes + sealedLength(page + pages - 1);
    byte[] sealed = crypto.staging().sealed(bytes);
    readFully(raw, ByteBuffer.wrap(sealed, 0, bytes), pagesAt + page * fullPageBytes);
  }

  private int openPage(long page, int slot, byte[] plain) throws CorruptPageException {
    return cipher.open(
        page,
        page == lastPage(),
        crypto.staging().sealed(0),
        slot * fullPageBytes,
        sealedLength(page),
        plain);
  }

  private int sealedLength(long page) {
    return page < lastPage()
        ? fullPageBytes
        : (int) (length - page * pageSize) + ExtentHeader.PAGE_OVERHEAD;
  }

  static void readFully(FileChannel raw, ByteBuffer to, long position) throws IOException {
    long at = position;
    while (to.hasRemaining()) {
      int got = raw.read(to, at);
      if (got < 0) {
        throw new CorruptPageException("it became shorter while it was read");
      }
      at += got;
    }
  }

  @Override
  public void close() {
    if (kept) {
      crypto.cache().forget(number);
    }
    cipher.close();
  }
}
