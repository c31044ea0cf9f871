package io.cassandratde.sstable.format;

import static io.cassandratde.sstable.format.EbtiSealing.hex;
import static io.cassandratde.sstable.format.EbtiVectorGenerator.KEYS;
import static io.cassandratde.sstable.format.EbtiVectorGenerator.OTHER;
import static io.cassandratde.sstable.format.EbtiVectorGenerator.bytes;
import static io.cassandratde.sstable.format.EbtiVectorGenerator.changed;

import io.cassandratde.sstable.format.carrier.SSTableKeys;
import io.cassandratde.sstable.format.data.ChunkIndexMac;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.cassandra.io.compress.DeflateCompressor;
import org.apache.cassandra.io.compress.ICompressor;
import org.apache.cassandra.io.compress.LZ4Compressor;
import org.apache.cassandra.io.compress.SnappyCompressor;
import org.apache.cassandra.io.compress.ZstdCompressor;
import org.jspecify.annotations.Nullable;

/** Chunks of Data.db and CompressionInfo.db among the vectors. */
final class EbtiDataVectors {

  private static final byte[] SALT = bytes(16, 0x70);
  private static final byte[] TEXT =
      "id=1;name=Ada;note=the same words again and again and again and again;"
          .repeat(4)
          .getBytes(StandardCharsets.US_ASCII);
  private static final int CHUNK_LENGTH = 4096;

  private EbtiDataVectors() {}

  static void print() throws IOException {
    chunk("empty", 0, 0, InnerCompression.STORED, null, new byte[0]);
    chunk("stored", 1, 1, InnerCompression.STORED, null, bytes(100, 1));
    chunk("lz4", 2, 0, InnerCompression.LZ4, LZ4Compressor.create(Map.of()), TEXT);
    chunk("snappy", 3, 2, InnerCompression.SNAPPY, SnappyCompressor.create(Map.of()), TEXT);
    chunk("deflate", 4, 0, InnerCompression.DEFLATE, DeflateCompressor.create(Map.of()), TEXT);
    chunk("zstd", 5, 3, InnerCompression.ZSTD, ZstdCompressor.create(Map.of()), TEXT);
    chunk(
        "in-the-last-place",
        Integer.MAX_VALUE,
        0,
        InnerCompression.STORED,
        null,
        bytes(CHUNK_LENGTH, 1));
    chunksByHand();
    rejectedChunks();
    indexes();
  }

  private static void vector(
      String name,
      String result,
      SSTableKeys keys,
      int keyId,
      byte[] salt,
      InnerCompression own,
      int place,
      byte[] chunk,
      String... more) {
    List<String> fields =
        new ArrayList<>(
            List.of(
                "keys",
                EbtiVectorGenerator.keys(),
                "carrier",
                hex(keys.carrier().encode()),
                "data_key_id",
                String.valueOf(keyId),
                "salt",
                hex(salt),
                "own",
                own.name(),
                "chunk_length",
                String.valueOf(CHUNK_LENGTH),
                "place",
                String.valueOf(place),
                "chunk",
                hex(chunk)));
    fields.addAll(List.of(more));
    EbtiVectorGenerator.print("chunk-" + name, "chunk", result, fields.toArray(new String[0]));
  }

  private static void chunk(
      String name,
      int ordinal,
      int counter,
      InnerCompression inner,
      @Nullable ICompressor compressor,
      byte[] plain)
      throws IOException {
    byte[] payload = compressor == null ? plain : VectorGenerator.compress(compressor, plain);
    InnerCompression own = inner == InnerCompression.STORED ? InnerCompression.LZ4 : inner;
    int keyId = counter % 2;
    vector(
        name,
        "OPENS",
        KEYS,
        keyId,
        SALT,
        own,
        ordinal,
        EbtiSealing.chunk(KEYS, keyId, SALT, ordinal, counter, inner, payload),
        fields(ordinal, counter, inner, payload, plain));
  }

  private static String[] fields(
      int ordinal, int counter, InnerCompression inner, byte[] payload, byte[] plain) {
    return new String[] {
      "ordinal", String.valueOf(ordinal),
      "counter", Integer.toUnsignedString(counter),
      "inner", inner.name(),
      "payload", hex(payload),
      "plaintext", hex(plain)
    };
  }

  private static void chunksByHand() throws IOException {
    byte[] plain = bytes(5, 1);
    List<String> fields =
        new ArrayList<>(List.of(fields(6, -1, InnerCompression.STORED, plain, plain)));
    fields.addAll(List.of("made", "by hand"));
    vector(
        "with-the-last-counter",
        "OPENS",
        KEYS,
        0,
        SALT,
        InnerCompression.STORED,
        6,
        EbtiByHand.chunk(KEYS, SALT, 0x10, 6, -1, plain),
        fields.toArray(new String[0]));
  }

  private static void rejects(String name, String result, byte[] chunk) {
    vector(name, result, KEYS, 0, SALT, InnerCompression.LZ4, 7, chunk);
  }

  private static void rejectedChunks() throws IOException {
    byte[] chunk = EbtiSealing.chunk(KEYS, 0, SALT, 7, 0, InnerCompression.STORED, bytes(40, 1));
    rejects("of-no-bytes", "MALFORMED", new byte[0]);
    rejects("of-24-bytes", "MALFORMED", Arrays.copyOf(chunk, 24));
    rejects("version-2", "MALFORMED", changed(chunk, 0, 0x30));
    rejects("version-0", "MALFORMED", changed(chunk, 0, 0x10));
    rejects(
        "inner-compression-5", "MALFORMED", EbtiByHand.chunk(KEYS, SALT, 0x15, 7, 0, bytes(4, 1)));

    String forged = "NOT_AUTHENTIC";
    byte[] eight = EbtiSealing.chunk(KEYS, 0, SALT, 8, 1, InnerCompression.STORED, bytes(40, 1));
    rejects("of-another-place", forged, eight);
    rejects("of-another-place-mended", forged, changed(eight, 4, 8 ^ 7));
    rejects("changed-flags", forged, changed(chunk, 0, 1));
    rejects("changed-counter", forged, changed(chunk, 8, 1));
    rejects("changed-ciphertext", forged, changed(chunk, 9, 0x80));
    rejects("changed-tag", forged, changed(chunk, chunk.length - 1, 1));
    rejects("shorter", forged, Arrays.copyOf(chunk, chunk.length - 1));
    rejects("longer", forged, Arrays.copyOf(chunk, chunk.length + 1));
    InnerCompression own = InnerCompression.LZ4;
    vector("of-another-file", forged, KEYS, 0, changed(SALT, 15, 1), own, 7, chunk);
    vector("of-another-sstable", forged, OTHER, 0, SALT, own, 7, chunk);
    vector("under-another-data-key", forged, KEYS, 1, SALT, own, 7, chunk);
    vector("under-a-data-key-that-is-not-there", forged, KEYS, 2, SALT, own, 7, chunk);

    ICompressor snappy = SnappyCompressor.create(Map.of());
    rejects(
        "of-another-inner-compression",
        "UNFIT",
        sealed(InnerCompression.SNAPPY, VectorGenerator.compress(snappy, TEXT)));
    rejects("longer-than-its-place", "UNFIT", sealed(InnerCompression.STORED, bytes(4097, 1)));
    byte[] tooLong =
        VectorGenerator.compress(LZ4Compressor.create(Map.of()), new byte[CHUNK_LENGTH + 1]);
    rejects("longer-in-clear-than-its-place", "UNFIT", sealed(own, tooLong));
    rejects("that-does-not-decompress", "UNFIT", sealed(own, bytes(9, 1)));
  }

  private static byte[] sealed(InnerCompression inner, byte[] payload) throws IOException {
    return EbtiSealing.chunk(KEYS, 0, SALT, 7, 0, inner, payload);
  }

  /** What a CompressionInfo.db says. */
  private record Info(
      String compressor, Map<String, String> options, int max, long length, List<Long> offsets) {

    Info {
      options = new LinkedHashMap<>(options);
    }

    static Info of(String... options) {
      Map<String, String> map = new LinkedHashMap<>();
      map.put("salt", hex(SALT));
      map.put("inner", "LZ4");
      map.put("data_key", "0");
      for (int i = 0; i < options.length; i += 2) {
        map.put(options[i], options[i + 1]);
      }
      return new Info(
          "EncryptedSSTableCompressor",
          map,
          Integer.MAX_VALUE,
          3 * CHUNK_LENGTH - 5L,
          List.of(0L, 1000L, 2345L));
    }

    Info in(int maxCompressedLength, long dataLength, Long... places) {
      return new Info(compressor, options, maxCompressedLength, dataLength, List.of(places));
    }

    Info authenticated(SSTableKeys keys, int keyId, byte[] salt) throws IOException {
      Info more = new Info(compressor, options, max, length, offsets);
      more.options.put(
          "mac",
          hex(
              ChunkIndexMac.of(
                  keys,
                  keyId,
                  salt,
                  new ChunkIndexMac.Index(
                      compressor,
                      options,
                      CHUNK_LENGTH,
                      max,
                      length,
                      offsets.size(),
                      i -> offsets.get((int) i)))));
      return more;
    }

    Info authenticated() throws IOException {
      return authenticated(KEYS, 0, SALT);
    }

    Info with(String name, String value) {
      Info more = new Info(compressor, options, max, length, offsets);
      more.options.put(name, value);
      return more;
    }

    byte[] bytes() throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeUTF(compressor);
      out.writeInt(options.size());
      for (Map.Entry<String, String> option : options.entrySet()) {
        out.writeUTF(option.getKey());
        out.writeUTF(option.getValue());
      }
      out.writeInt(CHUNK_LENGTH);
      out.writeInt(max);
      out.writeLong(length);
      out.writeInt(offsets.size());
      for (long offset : offsets) {
        out.writeLong(offset);
      }
      return bytes.toByteArray();
    }
  }

  private static void index(String name, String result, byte[] file, String... more) {
    List<String> fields =
        new ArrayList<>(
            List.of(
                "keys",
                EbtiVectorGenerator.keys(),
                "carrier",
                hex(KEYS.carrier().encode()),
                "file",
                hex(file)));
    fields.addAll(List.of(more));
    EbtiVectorGenerator.print("index-" + name, "index", result, fields.toArray(new String[0]));
  }

  private static void opens(String name, Info info) throws IOException {
    index(
        name,
        "OPENS",
        info.bytes(),
        "data_key_id",
        info.options().getOrDefault("data_key", ""),
        "salt",
        info.options().getOrDefault("salt", ""),
        "inner",
        info.options().getOrDefault("inner", ""),
        "chunk_length",
        String.valueOf(CHUNK_LENGTH),
        "data_length",
        String.valueOf(info.length()),
        "offsets",
        info.offsets().stream().map(String::valueOf).collect(Collectors.joining(" ")));
  }

  private static byte[] changedInfo(UnaryOperator<Info> change) throws IOException {
    return change.apply(Info.of().authenticated()).bytes();
  }

  private static void indexes() throws IOException {
    int max = Integer.MAX_VALUE;
    opens("of-one-chunk", Info.of().in(max, 5, 0L).authenticated());
    opens("of-three-chunks", Info.of().authenticated());
    opens(
        "under-data-key-1",
        Info.of("data_key", "1", "inner", "STORED", "salt", hex(bytes(16, 0x71)))
            .in(max, 1L << 40, 0L, 3000L)
            .authenticated(KEYS, 1, bytes(16, 0x71)));

    String malformed = "MALFORMED";
    byte[] file = Info.of().authenticated().bytes();
    Map<String, String> none = Info.of().authenticated().options();
    Info lz4 = new Info("LZ4Compressor", none, max, 5, List.of(0L));
    index("of-another-class", malformed, lz4.bytes());
    index("of-no-bytes", malformed, new byte[0]);
    index("that-ends-early", malformed, Arrays.copyOf(file, file.length - 1));
    index("with-a-byte-behind", malformed, Arrays.copyOf(file, file.length + 1));
    index("without-chunks", malformed, Info.of().in(max, 0).authenticated().bytes());
    index("without-code", malformed, Info.of().bytes());
    String carrier = hex(KEYS.carrier().encode());
    index("with-a-carrier", malformed, Info.of("carrier", carrier).authenticated().bytes());
    index("with-another-option", malformed, Info.of("level", "9").authenticated().bytes());
    index("salt-of-15-bytes", malformed, changedInfo(i -> i.with("salt", hex(bytes(15, 1)))));
    index("salt-that-is-no-hex", malformed, changedInfo(i -> i.with("salt", "salt")));
    index("inner-compression-unknown", malformed, changedInfo(i -> i.with("inner", "LZ5")));
    index("data-key-that-is-no-number", malformed, changedInfo(i -> i.with("data_key", "x")));

    String forged = "NOT_AUTHENTIC";
    index("changed-code", forged, changedInfo(i -> i.with("mac", hex(bytes(32, 1)))));
    index("code-that-is-no-hex", forged, changedInfo(i -> i.with("mac", "mac")));
    index("changed-salt", forged, changedInfo(i -> i.with("salt", hex(bytes(16, 1)))));
    index("changed-inner-compression", forged, changedInfo(i -> i.with("inner", "ZSTD")));
    index("changed-data-key-id", forged, changedInfo(i -> i.with("data_key", "1")));
    index("data-key-that-is-not-there", forged, changedInfo(i -> i.with("data_key", "2")));
    index(
        "changed-limit",
        forged,
        changedInfo(i -> i.in(16, 3 * CHUNK_LENGTH - 5L, 0L, 1000L, 2345L)));
    index(
        "changed-length", forged, changedInfo(i -> i.in(max, 2 * CHUNK_LENGTH, 0L, 1000L, 2345L)));
    index(
        "changed-offset",
        forged,
        changedInfo(i -> i.in(max, 3 * CHUNK_LENGTH - 5L, 0L, 1000L, 1000L)));
    index(
        "with-a-chunk-less", forged, changedInfo(i -> i.in(max, 3 * CHUNK_LENGTH - 5L, 0L, 1000L)));
    index("changed-chunk-length", forged, changed(file, file.length - 24 - 20 + 2, 0x10));
    index("of-another-sstable", forged, Info.of().authenticated(OTHER, 0, SALT).bytes());
  }
}
