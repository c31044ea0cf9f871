package io.cassandratde.sstable.format.data;

import io.cassandratde.sstable.format.ChunkWalk;
import io.cassandratde.sstable.format.CompressionInfo;
import io.cassandratde.sstable.format.UnknownVersionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What Data.db and CompressionInfo.db of a protected SSTable show without a key: that every chunk
 * has the form of a sealed one and stands in its place. That they are authentic only a key can
 * tell.
 *
 * @param dataKey the carrier's row whose data key seals the chunks
 * @param problems the first few chunks that have another form, in words; empty if all have it
 */
public record DataFileLayout(int dataKey, long chunks, List<String> problems) {

  /** Simple name of the class in CompressionInfo.db. */
  public static final String COMPRESSOR = "EncryptedSSTableCompressor";

  private static final Set<String> OPTIONS = Set.of("salt", "data_key", "inner", "mac");
  private static final Set<String> INNER = Set.of("STORED", "LZ4", "SNAPPY", "DEFLATE", "ZSTD");
  private static final int HEADER_BYTES = 9;
  private static final int TAG_BYTES = 16;
  private static final int VERSION = 1;
  private static final int MOST_PROBLEMS = 20;

  public DataFileLayout {
    problems = List.copyOf(problems);
  }

  /**
   * Reads the head of every chunk.
   *
   * @param checksums verify Cassandra's checksums too, so every byte is read
   * @throws IOException the index is not that of a protected SSTable
   */
  public static DataFileLayout read(Path dataFile, Path infoFile, boolean checksums)
      throws IOException {
    try (ChunkWalk chunks = ChunkWalk.open(dataFile, infoFile)) {
      int dataKey = dataKey(infoFile, chunks.info());
      List<String> problems = new ArrayList<>();
      while (chunks.next()) {
        String problem = look(chunks, checksums);
        if (problem != null && problems.size() < MOST_PROBLEMS) {
          problems.add("chunk " + chunks.index() + " at " + chunks.start() + ": " + problem);
        }
      }
      return new DataFileLayout(dataKey, chunks.info().chunkCount(), problems);
    }
  }

  /**
   * The data key that an index names.
   *
   * @throws IOException it is not that of a protected SSTable
   */
  public static int dataKey(Path infoFile) throws IOException {
    try (CompressionInfo info = CompressionInfo.open(infoFile)) {
      return dataKey(infoFile, info);
    }
  }

  private static int dataKey(Path infoFile, CompressionInfo info) throws IOException {
    Map<String, String> options = info.options();
    if (!info.compressor().equals(COMPRESSOR)
        || !options.keySet().equals(OPTIONS)
        || info.maxCompressedLength() != Integer.MAX_VALUE
        || !isHex(options.get("salt"), 16)
        || !isHex(options.get("mac"), 32)
        || !INNER.contains(String.valueOf(options.get("inner")))) {
      throw new IOException(
          infoFile + " is not the index of a protected SSTable: class " + info.compressor());
    }
    try {
      return Integer.parseUnsignedInt(String.valueOf(options.get("data_key")));
    } catch (NumberFormatException e) {
      throw new IOException(infoFile + ": data_key is no number", e);
    }
  }

  /**
   * Looks at the first chunk of a protected SSTable.
   *
   * @throws UnknownVersionException a later release wrote it
   */
  public static void requireKnownVersion(Path dataFile) throws IOException {
    try (InputStream in = Files.newInputStream(dataFile)) {
      int flags = in.read();
      if (flags >= 0) {
        UnknownVersionException later =
            UnknownVersionException.ofVersion("chunk", (byte) (flags >> 4), VERSION);
        if (later != null) {
          throw later;
        }
      }
    }
  }

  private static boolean isHex(@Nullable String text, int bytes) {
    return text != null
        && text.length() == 2 * bytes
        && text.chars().allMatch(c -> HexFormat.isHexDigit(c));
  }

  /**
   * Whether a file begins as the first chunk of a Data.db does: all that can be said before its
   * index is there.
   */
  public static boolean begins(ByteBuffer head) {
    return head.remaining() >= HEADER_BYTES && form(head, 0) == null;
  }

  private static @Nullable String look(ChunkWalk chunks, boolean checksums) throws IOException {
    if (!chunks.fits()) {
      return chunks.misfit();
    }
    if (chunks.length() < HEADER_BYTES + TAG_BYTES) {
      return chunks.length() + " bytes are too few";
    }
    if (chunks.length() > (long) chunks.info().chunkLength() + HEADER_BYTES + TAG_BYTES) {
      return chunks.length() + " bytes are more than a sealed chunk has";
    }
    String problem = form(chunks.head(HEADER_BYTES), chunks.index());
    if (problem == null && checksums && !chunks.checksumFits()) {
      problem = "its checksum does not fit";
    }
    return problem;
  }

  private static @Nullable String form(ByteBuffer head, long place) {
    int flags = head.get(head.position());
    if ((flags >> 4) != VERSION || (flags & 0xF) >= INNER.size()) {
      return "it does not begin as a sealed chunk of version 1";
    }
    long ordinal = Integer.toUnsignedLong(head.getInt(head.position() + 1));
    return ordinal == place ? null : "it was sealed for place " + ordinal;
  }
}
