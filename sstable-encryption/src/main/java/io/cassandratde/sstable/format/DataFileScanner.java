package io.cassandratde.sstable.format;

import io.cassandratde.keys.KeyReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
  private static final int MOST_PROBLEMS = 20;

  private final ChunkWalk chunks;
  private final Depth depth;
  private final Map<KeyReference, Long> sealed = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();
  private long plain;
  private long bad;

  private DataFileScanner(ChunkWalk chunks, Depth depth) {
    this.chunks = chunks;
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
    try (ChunkWalk chunks = ChunkWalk.open(dataFile, infoFile)) {
      CompressionInfo info = chunks.info();
      if (!info.isOurs()) {
        return new DataFileReport(
            info.compressor(), info.options(), false, info.chunkCount(), Map.of(), 0, 0, List.of());
      }
      return new DataFileScanner(chunks, depth).walk();
    }
  }

  private DataFileReport walk() throws IOException {
    CompressionInfo info = chunks.info();
    while (chunks.next()) {
      String problem = look(info);
      if (problem != null && problems.size() < MOST_PROBLEMS) {
        problems.add("chunk " + chunks.index() + " at " + chunks.start() + ": " + problem);
      }
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

  /** Null when the chunk names its key. */
  private @Nullable String look(CompressionInfo info) throws IOException {
    if (!chunks.fits()) {
      bad++;
      return chunks.misfit();
    }
    long length = chunks.length();
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
    KeyReference key;
    try {
      key = ChunkHeader.parse(chunks.head(ChunkFormat.MAX_HEADER)).key();
    } catch (CorruptChunkException e) {
      bad++;
      return String.valueOf(e.getMessage());
    }
    if (depth == Depth.CHECKSUMS && !chunks.checksumFits()) {
      bad++;
      return "its checksum does not fit, so its header is not to be trusted";
    }
    sealed.merge(key, 1L, Long::sum);
    return null;
  }
}
