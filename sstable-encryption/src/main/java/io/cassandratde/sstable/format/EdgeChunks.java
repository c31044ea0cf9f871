package io.cassandratde.sstable.format;

import io.cassandratde.keys.KeyReference;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The keys of the first and the last chunk of an SSTable in codec mode: what a start can afford to
 * read of each, whatever its size. A key change while it was written shows in these two; the whole
 * is for {@link DataFileScanner}.
 *
 * @param ours whether one of this project's compressors wrote it
 * @param chunks how many there are
 * @param keys none when another compressor wrote it, or a chunk is damaged
 * @param options the table's when it was written
 */
public record EdgeChunks(
    boolean ours, int chunks, Set<KeyReference> keys, Map<String, String> options) {

  private static final int OFFSET = 8;
  private static final String DATA = "Data.db";

  /**
   * Reads an SSTable's by its {@code …-Data.db}.
   *
   * @throws UnknownVersionException a later release wrote it
   * @throws IOException a file is absent, or of no known form
   */
  public static EdgeChunks read(Path dataFile) throws IOException {
    String name = String.valueOf(dataFile.getFileName());
    Path infoFile =
        dataFile.resolveSibling(
            name.substring(0, name.length() - DATA.length()) + "CompressionInfo.db");
    try (CompressionInfo info = CompressionInfo.open(infoFile)) {
      Set<KeyReference> keys = new LinkedHashSet<>();
      if (info.isOurs() && info.chunkCount() > 0) {
        try (FileChannel data = FileChannel.open(dataFile, StandardOpenOption.READ)) {
          boolean mayBeRaw = info.maxCompressedLength() != Integer.MAX_VALUE;
          add(keys, data, info.nextOffset(), mayBeRaw);
          if (info.chunkCount() > 1) {
            add(keys, data, lastOffset(infoFile), mayBeRaw);
          }
        }
      }
      return new EdgeChunks(
          info.isOurs(), info.chunkCount(), keys, new LinkedHashMap<>(info.options()));
    }
  }

  /** Nothing follows the last offset. */
  private static long lastOffset(Path infoFile) throws IOException {
    try (FileChannel channel = FileChannel.open(infoFile, StandardOpenOption.READ)) {
      return read(channel, channel.size() - OFFSET, OFFSET).getLong();
    }
  }

  private static void add(Set<KeyReference> keys, FileChannel data, long offset, boolean mayBeRaw)
      throws IOException {
    long left = data.size() - offset;
    if (offset < 0 || left <= 0) {
      return;
    }
    try {
      keys.add(
          ChunkHeader.parse(read(data, offset, (int) Math.min(left, ChunkFormat.MAX_HEADER)))
              .key());
    } catch (CorruptChunkException damaged) {
      UnknownVersionException later = UnknownVersionException.in(damaged);
      if (later != null && !mayBeRaw) { // what is stored raw begins with any byte
        throw later;
      }
      // Whoever opens the SSTable finds out, and says where.
    }
  }

  private static ByteBuffer read(FileChannel channel, long position, int length)
      throws IOException {
    if (position < 0) {
      throw new EOFException("a file of " + channel.size() + " bytes");
    }
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, position + bytes.position()) < 0) {
        throw new EOFException("it became shorter while it was read");
      }
    }
    return bytes.flip();
  }
}
