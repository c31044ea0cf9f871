package io.cassandratde.sstable.format;

import io.cassandratde.keys.KeyReference;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Walks every chunk of a Data.db by the offsets in its CompressionInfo.db, with no key and no
 * Cassandra. Memory is one small buffer whatever the files' sizes; every length is checked before
 * it is believed.
 */
public final class DataFileScanner {

  /** How much of each chunk is read. */
  public enum Depth {
    /** The header: enough to name the key. */
    HEADERS,
    /** The whole chunk, against Cassandra's CRC: finds damage that leaves the header alone. */
    CHECKSUMS
  }

  private static final String DATA = "Data.db";
  private static final int CRC_BYTES = 4;
  private static final int BUFFER = 1 << 16;
  private static final int MOST_PROBLEMS = 20;

  private final FileChannel data;
  private final long dataSize;
  private final Depth depth;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
  private final Map<KeyReference, Long> sealed = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();
  private long plain;
  private long bad;

  private DataFileScanner(FileChannel data, Depth depth) throws IOException {
    this.data = data;
    this.dataSize = data.size();
    this.depth = depth;
  }

  /** Scans the SSTable that this {@code …-Data.db} belongs to. */
  public static DataFileReport scan(Path dataFile, Depth depth) throws IOException {
    String name = String.valueOf(dataFile.getFileName());
    if (!name.endsWith(DATA)) {
      throw new IOException(dataFile + " is not a Data.db");
    }
    Path infoFile =
        dataFile.resolveSibling(
            name.substring(0, name.length() - DATA.length()) + "CompressionInfo.db");
    if (!Files.exists(dataFile)) {
      throw new NoSuchFileException(dataFile.toString());
    }
    if (!Files.exists(infoFile)) {
      return new DataFileReport("", Map.of(), false, 0, Map.of(), 0, 0, List.of());
    }
    try (CompressionInfo info = CompressionInfo.open(infoFile);
        FileChannel data = FileChannel.open(dataFile, StandardOpenOption.READ)) {
      if (!info.isOurs()) {
        return new DataFileReport(
            info.compressor(), info.options(), false, info.chunkCount(), Map.of(), 0, 0, List.of());
      }
      return new DataFileScanner(data, depth).walk(info);
    }
  }

  private DataFileReport walk(CompressionInfo info) throws IOException {
    long start = info.hasNextOffset() ? nextOffset(info) : 0;
    for (long index = 0; index < info.chunkCount(); index++) {
      long next = info.hasNextOffset() ? nextOffset(info) : dataSize;
      String problem = look(info, start, next);
      if (problem != null && problems.size() < MOST_PROBLEMS) {
        problems.add("chunk " + index + " at " + start + ": " + problem);
      }
      start = next;
    }
    return new DataFileReport(
        info.compressor(),
        info.options(),
        true,
        info.chunkCount(),
        Collections.unmodifiableMap(sealed),
        plain,
        bad,
        List.copyOf(problems));
  }

  private static long nextOffset(CompressionInfo info) throws IOException {
    try {
      return info.nextOffset();
    } catch (EOFException e) {
      throw new IOException(
          "CompressionInfo.db ends before the last of its " + info.chunkCount() + " chunks", e);
    }
  }

  /** Null when the chunk names its key. */
  private @Nullable String look(CompressionInfo info, long start, long next) throws IOException {
    long length = next - start - CRC_BYTES;
    if (start < 0 || next > dataSize || length <= 0) {
      bad++;
      return "its offsets "
          + start
          + " to "
          + next
          + " do not fit the file of "
          + dataSize
          + " bytes";
    }
    if (length >= info.maxCompressedLength()) {
      plain++;
      return "in plaintext: stored raw by min_compress_ratio";
    }
    if (length > (long) info.chunkLength() + ChunkFormat.MAX_OVERHEAD) {
      bad++;
      return length
          + " bytes, where "
          + info.chunkLength()
          + " bytes of plaintext were sealed at most";
    }
    int head = (int) Math.min(length, ChunkFormat.MAX_HEADER);
    readFully(start, head);
    KeyReference key;
    try {
      key = ChunkHeader.parse(buffer).key();
    } catch (CorruptChunkException e) {
      bad++;
      return String.valueOf(e.getMessage());
    }
    if (depth == Depth.CHECKSUMS && !checksumFits(start, length)) {
      bad++;
      return "its checksum does not fit, so its header is not to be trusted";
    }
    sealed.merge(key, 1L, Long::sum);
    return null;
  }

  private boolean checksumFits(long start, long length) throws IOException {
    CRC32 crc = new CRC32();
    for (long done = 0; done < length; ) {
      int part = (int) Math.min(BUFFER, length - done);
      readFully(start + done, part);
      crc.update(buffer);
      done += part;
    }
    readFully(start + length, CRC_BYTES);
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
}
