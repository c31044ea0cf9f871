package io.cassandratde.sstable.format;

import static io.cassandratde.sstable.format.VectorGenerator.TEXT;
import static io.cassandratde.sstable.format.VectorGenerator.UUID_ID;
import static io.cassandratde.sstable.format.VectorGenerator.bytes;
import static io.cassandratde.sstable.format.VectorGenerator.dataKey;
import static io.cassandratde.sstable.format.VectorGenerator.hex;
import static io.cassandratde.sstable.format.VectorGenerator.key;
import static io.cassandratde.sstable.format.VectorGenerator.print;
import static io.cassandratde.sstable.format.VectorGenerator.printHeader;
import static io.cassandratde.sstable.format.VectorGenerator.seal;
import static io.cassandratde.sstable.format.VectorGenerator.with;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.apache.cassandra.io.compress.DeflateCompressor;
import org.apache.cassandra.io.compress.LZ4Compressor;
import org.apache.cassandra.io.compress.SnappyCompressor;
import org.apache.cassandra.io.compress.ZstdCompressor;

/**
 * Vectors of what the chunk's place, its SSTable's class and chunk length, allows up to the last
 * byte, and of payloads that were sealed by the right key and do not decompress.
 */
final class PlaceVectors {

  private static final int LARGE = 65_536;

  private PlaceVectors() {}

  static void printAll() throws IOException {
    opens("stored-in-lz4-class", InnerCompression.STORED, bytes(40), InnerCompression.LZ4, 40);
    for (InnerCompression inner : InnerCompression.values()) {
      byte[] payload = compressed(inner);
      opens(name(inner) + "-of-chunk-length", inner, payload, inner, TEXT.length);
      unfit(name(inner) + "-longer-than-chunk-length", inner, payload, inner, TEXT.length - 1);
    }
    otherClasses();
    for (InnerCompression inner : InnerCompression.values()) {
      if (inner != InnerCompression.STORED) {
        byte[] payload = compressed(inner);
        damaged(name(inner) + "-cut", inner, Arrays.copyOf(payload, payload.length - 9));
        damaged(name(inner) + "-of-no-bytes", inner, new byte[0]);
      }
    }
    damagedWithin();
  }

  private static void otherClasses() throws IOException {
    byte[] lz4 = compressed(InnerCompression.LZ4);
    unfit("lz4-in-zstd-class", InnerCompression.LZ4, lz4, InnerCompression.ZSTD, LARGE);
    unfit("lz4-in-class-without", InnerCompression.LZ4, lz4, InnerCompression.STORED, LARGE);
    // The order of the rejections, each chunk with two reasons.
    byte[] chunk = seal(key(UUID_ID, 256), InnerCompression.LZ4, lz4, 13);
    refused("unfit-before-wrong-key", InnerCompression.ZSTD, LARGE, with(chunk, 6, 0), "UNFIT");
    byte[] malformed = with(chunk, 0, 2);
    refused("malformed-before-unfit", InnerCompression.ZSTD, LARGE, malformed, "MALFORMED");
    byte[] longest = Arrays.copyOf(malformed, TEXT.length + ChunkFormat.MAX_OVERHEAD);
    refused("as-long-as-any", InnerCompression.LZ4, TEXT.length, longest, "MALFORMED");
    refused("longer-than-any", InnerCompression.LZ4, TEXT.length - 1, longest, "UNFIT");
  }

  private static void damagedWithin() throws IOException {
    byte[] lz4 = compressed(InnerCompression.LZ4);
    // Its first copy goes 10 bytes back, behind 43 literals.
    damaged("lz4-copy-from-nowhere", InnerCompression.LZ4, with(lz4, 50, 0xFF));
    damaged("lz4-length-too-small", InnerCompression.LZ4, with(lz4, 0, lz4[0] - 1));
    byte[] snappy = compressed(InnerCompression.SNAPPY);
    damaged("snappy-length-too-small", InnerCompression.SNAPPY, with(snappy, 0, snappy[0] - 1));
    damaged("snappy-length-too-large", InnerCompression.SNAPPY, with(snappy, 0, snappy[0] + 1));
    byte[] zlib = compressed(InnerCompression.DEFLATE);
    damaged("deflate-other-header", InnerCompression.DEFLATE, with(zlib, 0, 0x79));
    damaged("deflate-and-more", InnerCompression.DEFLATE, Arrays.copyOf(zlib, zlib.length + 1));
    byte[] otherSum = with(zlib, zlib.length - 1, zlib[zlib.length - 1] ^ 1);
    damaged("deflate-other-checksum", InnerCompression.DEFLATE, otherSum);
    byte[] zstd = compressed(InnerCompression.ZSTD);
    damaged("zstd-other-magic", InnerCompression.ZSTD, with(zstd, 0, 0x29));
  }

  private static String name(InnerCompression inner) {
    return inner.name().toLowerCase(Locale.ROOT);
  }

  private static byte[] compressed(InnerCompression inner) throws IOException {
    return switch (inner) {
      case STORED -> TEXT;
      case LZ4 -> VectorGenerator.compress(LZ4Compressor.create(Map.of()), TEXT);
      case SNAPPY -> VectorGenerator.compress(SnappyCompressor.create(Map.of()), TEXT);
      case DEFLATE -> VectorGenerator.compress(DeflateCompressor.create(Map.of()), TEXT);
      case ZSTD -> VectorGenerator.compress(ZstdCompressor.create(Map.of()), TEXT);
    };
  }

  private static void opens(
      String name, InnerCompression how, byte[] payload, InnerCompression own, int chunkLength) {
    start(name, how, payload, own, chunkLength);
    print("plaintext", hex(how == InnerCompression.STORED ? payload : TEXT));
    end("OPENS");
  }

  private static void unfit(
      String name, InnerCompression how, byte[] payload, InnerCompression own, int chunkLength) {
    start(name, how, payload, own, chunkLength);
    end("UNFIT");
  }

  private static void damaged(String name, InnerCompression how, byte[] payload) {
    unfit(name, how, payload, how, LARGE);
  }

  private static void start(
      String name, InnerCompression how, byte[] payload, InnerCompression own, int chunkLength) {
    int counter = 12;
    print("vector", name);
    print("data_key", hex(dataKey(256)));
    printHeader(key(UUID_ID, 256), counter);
    print("inner", own.name());
    print("chunk_length", Integer.toString(chunkLength));
    print("chunk", hex(seal(key(UUID_ID, 256), how, payload, counter)));
    print("payload", hex(payload));
  }

  private static void refused(
      String name, InnerCompression own, int chunkLength, byte[] chunk, String result) {
    print("vector", name);
    print("data_key", hex(dataKey(256)));
    print("inner", own.name());
    print("chunk_length", Integer.toString(chunkLength));
    print("chunk", hex(chunk));
    end(result);
  }

  private static void end(String result) {
    print("result", result);
    System.out.println();
  }
}
