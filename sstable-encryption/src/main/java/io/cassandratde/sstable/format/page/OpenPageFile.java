package io.cassandratde.sstable.format.page;

import io.cassandratde.sstable.format.carrier.SSTableKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A page file that is being written: its finished extents, if it had any, and one that grows.
 *
 * <p>Full pages go to the disk when another byte follows; the last page stays in memory, where
 * readers of this process find it, and is put on the disk at {@link #sync} and {@link #finish}
 * only, with the mark that it is the last. So no reader meets a page that is half rewritten
 * (docs/RULES.md R11), and whatever was synced opens after a crash. (Cassandra commits an SSTable
 * after it synced its files and may close them later, so waiting for the close would lose the
 * tail.) Sealing a page again, after a rewind or an overwrite, spends another counter: nonces never
 * repeat (R4).
 */
final class OpenPageFile {

  private static final int ZEROS = 4096;

  private final FileChannel raw;
  private final String name;
  private final @Nullable PageFile before;
  private final PageCipher cipher;
  private final PageCrypto crypto;
  private final int pageSize;
  private final int fullPageBytes;

  /** Where the growing extent lies: on disk, and in the file in clear. */
  private final long extentAt;

  private final long start;

  /** The last page, in clear: {@code tail[0..tailLength)} is page {@code tailIndex}. */
  private final byte[] tail;

  private int tailLength;
  private long tailIndex;

  private boolean headerWritten;

  /** Whether the disk holds all that was written, last page and trailer included. */
  private boolean complete;

  private boolean finished;

  private OpenPageFile(
      FileChannel raw,
      String name,
      @Nullable PageFile before,
      PageCipher cipher,
      PageCrypto crypto,
      long extentAt) {
    this.raw = raw;
    this.name = name;
    this.before = before;
    this.cipher = cipher;
    this.crypto = crypto;
    this.pageSize = cipher.header().pageSize();
    this.fullPageBytes = cipher.header().fullPageBytes();
    this.extentAt = extentAt;
    this.start = before == null ? 0 : before.length();
    this.tail = new byte[pageSize];
    this.complete = before != null; // an append that writes nothing leaves the file as it is
  }

  /**
   * Begins a file, or goes on with a finished one by another extent, with a salt of its own.
   *
   * @param raw the file on disk, open for reading and writing
   * @param keyId the data key that seals what is written now
   * @throws CorruptPageException there is a file, and it is no finished page file of this SSTable
   *     and component
   */
  static OpenPageFile open(
      FileChannel raw,
      String name,
      String component,
      SSTableKeys keys,
      int keyId,
      PageCrypto crypto)
      throws IOException {
    long extentAt = raw.size();
    PageFile before = extentAt == 0 ? null : PageFile.open(raw, name, component, keys, crypto);
    if (before != null && !before.takesAnotherExtent()) {
      before.close();
      throw new IOException(name + " was appended to too often: write the file anew");
    }
    ExtentHeader header =
        ExtentHeader.of(
            keys.uid(),
            crypto.freshSalt(),
            keyId,
            ExtentHeader.DEFAULT_SHIFT,
            before == null ? new byte[0] : before.lastTag());
    PageCipher cipher = PageCipher.of(header, keys, component, crypto.ciphers());
    return new OpenPageFile(raw, name, before, cipher, crypto, extentAt);
  }

  synchronized long length() {
    return start + extentLength();
  }

  private long extentLength() {
    return tailIndex * pageSize + tailLength;
  }

  /** Whether {@link #finish} or {@link #abandon} was called: then the file on disk says it all. */
  synchronized boolean isFinished() {
    return finished;
  }

  /**
   * As {@link FileChannel#read(ByteBuffer, long)}; null once it is finished: read the file on disk.
   *
   * @param own the caller's own channel to the file on disk: an interrupt closes the channel that a
   *     thread reads from, and must not close the writer's
   */
  synchronized @Nullable Integer read(FileChannel own, ByteBuffer to, long position)
      throws IOException {
    if (finished) {
      return null;
    }
    if (position >= length()) {
      return -1;
    }
    int done = 0;
    if (before != null && position < start) {
      done = before.read(own, to, position);
    }
    while (to.hasRemaining() && position + done < length()) {
      long at = position + done - start;
      byte[] page = page(own, at / pageSize);
      int offset = (int) (at % pageSize);
      int part = (int) Math.min(Math.min(pageSize - offset, to.remaining()), extentLength() - at);
      to.put(page, offset, part);
      done += part;
    }
    return done;
  }

  /** Valid until this thread's next call. */
  private byte[] page(FileChannel from, long index) throws IOException {
    if (index == tailIndex) {
      return tail;
    }
    byte[] sealed = crypto.staging().sealed(fullPageBytes);
    byte[] plain = crypto.staging().plain(pageSize);
    try {
      Extent.readFully(from, ByteBuffer.wrap(sealed, 0, fullPageBytes), pageAt(index));
      cipher.open(index, false, sealed, 0, fullPageBytes, plain);
    } catch (CorruptPageException e) {
      throw e.of(name);
    }
    return plain;
  }

  private long pageAt(long index) {
    return extentAt + ExtentHeader.BYTES + index * fullPageBytes;
  }

  /**
   * Writes all of {@code from}. What lies between the end and a position behind it reads as zeros.
   *
   * @throws IOException also for a position in a finished extent: those are never written again
   */
  synchronized void write(ByteBuffer from, long position) throws IOException {
    requireOpen();
    requireGrowing(position);
    if (!from.hasRemaining()) {
      return;
    }
    changes();
    while (length() < position) {
      int gap = (int) Math.min(ZEROS, position - length());
      append(ByteBuffer.allocate(gap));
    }
    long at = position - start;
    while (from.hasRemaining() && at < extentLength()) {
      at += overwrite(from, at);
    }
    append(from);
  }

  private void append(ByteBuffer from) throws IOException {
    while (from.hasRemaining()) {
      if (tailLength == pageSize) {
        put(tailIndex, false, tail, pageSize);
        tailIndex++;
        tailLength = 0;
      }
      int part = Math.min(from.remaining(), pageSize - tailLength);
      from.get(tail, tailLength, part);
      tailLength += part;
    }
  }

  private int overwrite(ByteBuffer from, long at) throws IOException {
    long index = at / pageSize;
    int offset = (int) (at % pageSize);
    byte[] page = page(raw, index);
    int end = index == tailIndex ? tailLength : pageSize;
    int part = Math.min(from.remaining(), end - offset);
    from.get(page, offset, part);
    if (index != tailIndex) {
      put(index, false, page, pageSize);
    }
    return part;
  }

  /** Cuts off what is behind {@code size}; does nothing if that is not less than the length. */
  synchronized void truncate(long size) throws IOException {
    requireOpen();
    if (size >= length()) {
      return;
    }
    requireGrowing(size);
    changes();
    long kept = size - start;
    long index = kept == 0 ? 0 : (kept - 1) / pageSize;
    if (index != tailIndex) {
      byte[] page = page(raw, index);
      System.arraycopy(page, 0, tail, 0, pageSize);
      tailIndex = index;
    }
    tailLength = (int) (kept - index * pageSize);
    Arrays.fill(tail, tailLength, pageSize, (byte) 0);
    raw.truncate(Math.max(pageAt(tailIndex), extentAt + ExtentHeader.BYTES));
  }

  /** Everything written so far opens after a crash. Readers need not wait for the disk. */
  void sync(boolean metaData) throws IOException {
    synchronized (this) {
      if (finished) {
        return;
      }
      completeOnDisk();
    }
    raw.force(metaData);
  }

  /**
   * Ends writing: the file can be read. As of any file, what was not synced before may be lost in a
   * crash; Cassandra closes files without a sync only when it gives them up. Does not close the
   * file on disk.
   */
  synchronized void finish() throws IOException {
    if (finished) {
      return;
    }
    try {
      completeOnDisk();
    } finally {
      abandon();
    }
  }

  /** Ends writing and leaves the disk as it is. */
  synchronized void abandon() {
    finished = true;
    Arrays.fill(tail, (byte) 0);
    cipher.close();
    if (before != null) {
      before.close();
    }
  }

  private void completeOnDisk() throws IOException {
    if (complete) {
      return;
    }
    changes();
    put(tailIndex, true, tail, tailLength);
    long end = pageAt(tailIndex) + tailLength + ExtentHeader.PAGE_OVERHEAD;
    ByteBuffer trailer = ByteBuffer.allocate(ExtentHeader.TRAILER_BYTES);
    trailer.putLong(end + ExtentHeader.TRAILER_BYTES - extentAt).putInt(ExtentHeader.END).flip();
    writeFully(trailer, end);
    raw.truncate(end + ExtentHeader.TRAILER_BYTES);
    complete = true;
  }

  private void changes() throws IOException {
    complete = false;
    if (!headerWritten) {
      writeFully(ByteBuffer.wrap(cipher.header().bytes()), extentAt);
      headerWritten = true;
    }
  }

  private void put(long index, boolean last, byte[] plain, int length) throws IOException {
    byte[] sealed = crypto.staging().sealed(fullPageBytes);
    int bytes = cipher.seal(index, last, plain, length, sealed);
    writeFully(ByteBuffer.wrap(sealed, 0, bytes), pageAt(index));
  }

  private void writeFully(ByteBuffer from, long position) throws IOException {
    long at = position;
    while (from.hasRemaining()) {
      at += raw.write(from, at);
    }
  }

  private void requireOpen() throws IOException {
    if (finished) {
      throw new IOException(name + " is finished: open it again to append");
    }
  }

  private void requireGrowing(long position) throws IOException {
    if (position < start) {
      throw new IOException(
          name
              + ": byte "
              + position
              + " was finished by an earlier writer and cannot be changed; write the file anew");
    }
  }
}
