package io.cassandratde.sstable.format.page;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A file whose syncs last until they are let go. */
final class SlowSync extends FileChannel {

  private final FileChannel disk;
  private final CountDownLatch syncing;
  private final CountDownLatch goOn;

  SlowSync(FileChannel disk, CountDownLatch syncing, CountDownLatch goOn) {
    this.disk = disk;
    this.syncing = syncing;
    this.goOn = goOn;
  }

  @Override
  public void force(boolean metaData) throws IOException {
    syncing.countDown();
    try {
      if (!goOn.await(2, TimeUnit.MINUTES)) {
        throw new IOException("nobody let this sync go on");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    disk.force(metaData);
  }

  @Override
  public int read(ByteBuffer to) throws IOException {
    return disk.read(to);
  }

  @Override
  public long read(ByteBuffer[] to, int offset, int length) throws IOException {
    return disk.read(to, offset, length);
  }

  @Override
  public int read(ByteBuffer to, long position) throws IOException {
    return disk.read(to, position);
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    return disk.write(from);
  }

  @Override
  public long write(ByteBuffer[] from, int offset, int length) throws IOException {
    return disk.write(from, offset, length);
  }

  @Override
  public int write(ByteBuffer from, long position) throws IOException {
    return disk.write(from, position);
  }

  @Override
  public long position() throws IOException {
    return disk.position();
  }

  @Override
  public FileChannel position(long to) throws IOException {
    return disk.position(to);
  }

  @Override
  public long size() throws IOException {
    return disk.size();
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    return disk.truncate(size);
  }

  @Override
  public long transferTo(long from, long count, WritableByteChannel to) throws IOException {
    return disk.transferTo(from, count, to);
  }

  @Override
  public long transferFrom(ReadableByteChannel from, long to, long count) throws IOException {
    return disk.transferFrom(from, to, count);
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long from, long size) throws IOException {
    return disk.map(mode, from, size);
  }

  @Override
  public FileLock lock(long from, long size, boolean shared) throws IOException {
    return disk.lock(from, size, shared);
  }

  @Override
  public FileLock tryLock(long from, long size, boolean shared) throws IOException {
    return disk.tryLock(from, size, shared);
  }

  @Override
  protected void implCloseChannel() {}
}
