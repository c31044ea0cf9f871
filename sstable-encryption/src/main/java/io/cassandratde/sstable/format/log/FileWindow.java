package io.cassandratde.sstable.format.log;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file read forwards in small pieces: a segment in batch mode has a section per write, so each
 * must not cost a system call, and one of 32 MiB must not be read as a whole for its header.
 */
final class FileWindow implements Closeable {

  private static final int BYTES = 1 << 14;

  private final FileChannel channel;
  private final long size;
  private final ByteBuffer buffer = ByteBuffer.allocate(BYTES).limit(0);
  private long start;

  private FileWindow(FileChannel channel) throws IOException {
    this.channel = channel;
    this.size = channel.size();
  }

  static FileWindow open(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      return new FileWindow(channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** When it was opened; a file that is being written may have grown since. */
  long size() {
    return size;
  }

  /** So many bytes from there on, at most {@link #BYTES}; good until the next call. */
  ByteBuffer at(long position, int length) throws IOException {
    long offset = position - start;
    if (offset < 0 || offset + length > buffer.limit()) {
      fill(position, length);
      offset = 0;
    }
    return buffer.slice((int) offset, length);
  }

  private void fill(long position, int atLeast) throws IOException {
    buffer.clear();
    start = position;
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        break;
      }
    }
    buffer.flip();
    if (buffer.limit() < atLeast) {
      throw new EOFException("it became shorter while it was read");
    }
  }

  /** Bytes of any number, not kept here. */
  byte[] bytes(long position, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, position + bytes.position()) < 0) {
        throw new EOFException("it became shorter while it was read");
      }
    }
    return bytes.array();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
