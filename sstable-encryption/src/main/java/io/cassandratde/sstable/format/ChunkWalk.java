package io.cassandratde.sstable.format;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32;

/**
 * The chunks of a Data.db one after the other, by the offsets in its CompressionInfo.db. Memory is
 * one small buffer whatever the files' sizes; every length is checked before it is believed.
 */
public final class ChunkWalk implements Closeable {

  private static final int CRC_BYTES = 4;
  private static final int BUFFER = 1 << 16;

  private final CompressionInfo info;
  private final FileChannel data;
  private final long dataSize;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
  private long index = -1;
  private long start;
  private long end;

  private ChunkWalk(CompressionInfo info, FileChannel data) throws IOException {
    this.info = info;
    this.data = data;
    this.dataSize = data.size();
  }

  /** Stands before the first chunk. */
  public static ChunkWalk open(Path dataFile, Path infoFile) throws IOException {
    CompressionInfo info = CompressionInfo.open(infoFile);
    try {
      return new ChunkWalk(info, FileChannel.open(dataFile, StandardOpenOption.READ));
    } catch (IOException e) {
      info.close();
      throw e;
    }
  }

  public CompressionInfo info() {
    return info;
  }

  /** Goes to the next chunk; false behind the last. */
  public boolean next() throws IOException {
    if (index + 1 >= info.chunkCount()) {
      return false;
    }
    index++;
    start = index == 0 ? nextOffset() : end;
    end = info.hasNextOffset() ? nextOffset() : dataSize;
    return true;
  }

  private long nextOffset() throws IOException {
    try {
      return info.nextOffset();
    } catch (EOFException e) {
      throw new IOException(
          "CompressionInfo.db ends before the last of its " + info.chunkCount() + " chunks", e);
    }
  }

  public long index() {
    return index;
  }

  public long start() {
    return start;
  }

  /** Without the checksum behind it. */
  public long length() {
    return end - start - CRC_BYTES;
  }

  /** Whether its offsets lie in the file; only then may its bytes be read. */
  public boolean fits() {
    return start >= 0 && end <= dataSize && length() > 0;
  }

  /** Why it does not. */
  public String misfit() {
    return "its offsets " + start + " to " + end + " do not fit the file of " + dataSize + " bytes";
  }

  /** Its first bytes, at most so many; valid until the next call. */
  public ByteBuffer head(int most) throws IOException {
    readFully(start, (int) Math.min(length(), most));
    return buffer;
  }

  /** Whether the checksum behind it is that of its bytes. */
  public boolean checksumFits() throws IOException {
    CRC32 crc = new CRC32();
    for (long done = 0; done < length(); ) {
      int part = (int) Math.min(BUFFER, length() - done);
      readFully(start + done, part);
      crc.update(buffer);
      done += part;
    }
    readFully(start + length(), CRC_BYTES);
    return buffer.getInt() == (int) crc.getValue();
  }

  private void readFully(long position, int length) throws IOException {
    buffer.clear().limit(length);
    while (buffer.hasRemaining()) {
      if (data.read(buffer, position + buffer.position()) < 0) {
        throw new EOFException("Data.db became shorter while it was read");
      }
    }
    buffer.flip();
  }

  @Override
  public void close() throws IOException {
    try (info;
        data) {
      // both, whatever the first says
    }
  }
}
