package io.cassandratde.sstable.format;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A CompressionInfo.db of Cassandra's BIG or BTI format, read as a stream: class, options and
 * lengths at once, the chunks' offsets one by one, so that its size does not matter. Nothing in it
 * is authentic (SECURITY.md).
 */
public final class CompressionInfo implements Closeable {

  private static final Set<String> OURS =
      Set.of(
          "EncryptingLZ4Compressor",
          "EncryptingZstdCompressor",
          "EncryptingSnappyCompressor",
          "EncryptingDeflateCompressor",
          "Encryptor");

  private static final int MOST_OPTIONS = 1024;

  private final DataInputStream in;
  private final String compressor;
  private final Map<String, String> options;
  private final int chunkLength;
  private final int maxCompressedLength;
  private final long dataLength;
  private final int chunkCount;
  private int read;

  private CompressionInfo(DataInputStream in, boolean hasMaxCompressedLength) throws IOException {
    this.in = in;
    compressor = in.readUTF();
    int count = in.readInt();
    if (count < 0 || count > MOST_OPTIONS) {
      throw new IOException(count + " compression options");
    }
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      String name = in.readUTF();
      map.put(name, in.readUTF());
    }
    options = Collections.unmodifiableMap(map);
    chunkLength = in.readInt();
    maxCompressedLength = hasMaxCompressedLength ? in.readInt() : Integer.MAX_VALUE;
    dataLength = in.readLong();
    chunkCount = in.readInt();
    if (chunkLength <= 0 || maxCompressedLength < 0 || dataLength < 0 || chunkCount < 0) {
      throw new IOException(
          "impossible lengths: chunks of "
              + chunkLength
              + " bytes, at most "
              + maxCompressedLength
              + " compressed, "
              + dataLength
              + " bytes in "
              + chunkCount
              + " chunks");
    }
  }

  /** Reads all but the offsets. */
  public static CompressionInfo open(Path file) throws IOException {
    DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16));
    try {
      return new CompressionInfo(in, hasMaxCompressedLength(file));
    } catch (EOFException e) {
      in.close();
      throw new IOException(file + " ends too early", e);
    } catch (IOException e) {
      in.close();
      throw new IOException(
          file + " is no CompressionInfo.db of a version known here: " + e.getMessage(), e);
    }
  }

  /**
   * Versions of the BIG format before "na" (Cassandra 3) lack that field; every later one and BTI
   * have it.
   */
  private static boolean hasMaxCompressedLength(Path file) {
    String name = String.valueOf(file.getFileName());
    int dash = name.indexOf('-');
    String version = dash < 0 ? "" : name.substring(0, dash);
    return !(name.contains("-big-") && version.length() == 2 && version.compareTo("na") < 0);
  }

  /** Simple name of the compressor's class, as Cassandra stores it. */
  public String compressor() {
    return compressor;
  }

  /** Whether one of this project's compressors wrote the SSTable. */
  public boolean isOurs() {
    return isOurs(compressor);
  }

  /** Whether this is the simple name of one of this project's compressors. */
  public static boolean isOurs(String compressor) {
    return OURS.contains(compressor);
  }

  /** The table's options as they were when the SSTable was written. */
  public Map<String, String> options() {
    return options;
  }

  public int chunkLength() {
    return chunkLength;
  }

  /** Chunks at least as long as this stand there uncompressed, and in our case in plaintext. */
  public int maxCompressedLength() {
    return maxCompressedLength;
  }

  public long dataLength() {
    return dataLength;
  }

  public int chunkCount() {
    return chunkCount;
  }

  public boolean hasNextOffset() {
    return read < chunkCount;
  }

  /** Where the next chunk starts in Data.db. */
  public long nextOffset() throws IOException {
    long offset = in.readLong();
    read++;
    return offset;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
