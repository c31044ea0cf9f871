package io.cassandratde.sstable.format.page;

import io.cassandratde.sstable.format.carrier.CorruptCarrierException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * A page file as the file in clear. Positions, sizes and lengths are those of the plaintext,
 * without holes. Never hand it to code that wants the file descriptor of a channel, as Netty's
 * native transport does.
 */
public final class PageChannel extends FileChannel {

  private static final int TRANSFER_BYTES = 1 << 16;

  private final FileChannel raw;
  private final String name;
  private final PageContent content;
  private final PageMemory memory;
  private final DamageReport report;
  private final boolean readable;
  private long position;

  PageChannel(
      FileChannel raw,
      String name,
      PageContent content,
      PageMemory memory,
      DamageReport report,
      boolean readable,
      long position) {
    this.raw = raw;
    this.name = name;
    this.content = content;
    this.memory = memory;
    this.report = report;
    this.readable = readable;
    this.position = position;
  }

  @Override
  public synchronized int read(ByteBuffer to) throws IOException {
    int got = read(to, position);
    position += Math.max(0, got);
    return got;
  }

  @Override
  public int read(ByteBuffer to, long from) throws IOException {
    requireOpen();
    if (!readable) {
      throw new NonReadableChannelException();
    }
    requireNotNegative(from);
    try {
      return to.hasRemaining() ? content.read(to, from) : 0;
    } catch (CorruptPageException | CorruptCarrierException e) {
      throw report.of(e);
    }
  }

  @Override
  public synchronized long read(ByteBuffer[] to, int offset, int length) throws IOException {
    java.util.Objects.checkFromIndexSize(offset, length, to.length);
    long total = 0;
    for (int i = offset; i < offset + length; i++) {
      while (to[i].hasRemaining()) {
        int got = read(to[i]);
        if (got < 0) {
          return total == 0 ? -1 : total;
        }
        total += got;
      }
    }
    return total;
  }

  @Override
  public synchronized int write(ByteBuffer from) throws IOException {
    int put = write(from, position);
    position += put;
    return put;
  }

  @Override
  public int write(ByteBuffer from, long to) throws IOException {
    requireNotNegative(to);
    int length = from.remaining();
    writable().write(from, to);
    return length;
  }

  @Override
  public synchronized long write(ByteBuffer[] from, int offset, int length) throws IOException {
    java.util.Objects.checkFromIndexSize(offset, length, from.length);
    long total = 0;
    for (int i = offset; i < offset + length; i++) {
      total += write(from[i]);
    }
    return total;
  }

  @Override
  public synchronized long position() throws IOException {
    requireOpen();
    return position;
  }

  @Override
  public synchronized FileChannel position(long to) throws IOException {
    requireOpen();
    requireNotNegative(to);
    position = to;
    return this;
  }

  @Override
  public long size() throws IOException {
    requireOpen();
    try {
      return content.length();
    } catch (CorruptPageException | CorruptCarrierException e) {
      throw report.of(e);
    }
  }

  @Override
  public synchronized FileChannel truncate(long size) throws IOException {
    requireNotNegative(size);
    writable().truncate(size);
    position = Math.min(position, size);
    return this;
  }

  /** What was written so far opens after a crash. */
  @Override
  public void force(boolean metaData) throws IOException {
    requireOpen();
    if (content instanceof PageContent.Writing writing) {
      writing.file().sync(metaData);
    }
  }

  @Override
  public long transferTo(long from, long count, WritableByteChannel target) throws IOException {
    requireNotNegative(count);
    long total = 0;
    while (total < count) {
      ByteBuffer part = ByteBuffer.allocate((int) Math.min(TRANSFER_BYTES, count - total));
      if (read(part, from + total) <= 0) {
        break;
      }
      part.flip();
      int put = target.write(part);
      total += put;
      if (part.hasRemaining()) {
        break; // a target that takes no more now; the caller comes again
      }
    }
    return total;
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long to, long count) throws IOException {
    requireNotNegative(count);
    if (to > size()) {
      return 0;
    }
    long total = 0;
    while (total < count) {
      ByteBuffer part = ByteBuffer.allocate((int) Math.min(TRANSFER_BYTES, count - total));
      if (source.read(part) <= 0) {
        break;
      }
      part.flip();
      total += write(part, to + total);
    }
    return total;
  }

  /**
   * The bytes in clear, in memory outside the heap that {@link PageMemory} accounts for; a copy, so
   * later writes do not show.
   *
   * @throws UnsupportedOperationException for writable mappings
   */
  @Override
  public MappedByteBuffer map(MapMode mode, long from, long size) throws IOException {
    if (mode != MapMode.READ_ONLY) {
      throw new UnsupportedOperationException("page files are mapped for reading only");
    }
    requireNotNegative(from);
    if (size < 0 || size > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("mapping of " + size + " bytes");
    }
    if (from + size > size()) {
      throw new IOException("mapping beyond the end: " + from + " + " + size + " > " + size());
    }
    MappedByteBuffer mapped = memory.allocate((int) size, name);
    boolean done = false;
    try {
      while (mapped.hasRemaining()) {
        if (read(mapped, from + mapped.position()) < 0) {
          throw new IOException("the file became shorter while it was mapped");
        }
      }
      done = true;
    } finally {
      if (!done) {
        memory.free(mapped);
      }
    }
    mapped.flip();
    return mapped;
  }

  @Override
  public FileLock lock(long from, long size, boolean shared) throws IOException {
    return raw.lock(from, size, shared);
  }

  @Override
  public FileLock tryLock(long from, long size, boolean shared) throws IOException {
    return raw.tryLock(from, size, shared);
  }

  private OpenPageFile writable() throws IOException {
    requireOpen();
    if (content instanceof PageContent.Writing writing) {
      return writing.file();
    }
    throw new NonWritableChannelException();
  }

  private void requireOpen() throws ClosedChannelException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
  }

  private static void requireNotNegative(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("negative: " + value);
    }
  }

  @Override
  protected void implCloseChannel() throws IOException {
    try {
      content.close();
    } finally {
      raw.close();
    }
  }
}
