package io.cassandratde.sstable.format;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.GroupTag;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.ProviderKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.cassandra.io.compress.DeflateCompressor;
import org.apache.cassandra.io.compress.ICompressor;
import org.apache.cassandra.io.compress.LZ4Compressor;
import org.apache.cassandra.io.compress.SnappyCompressor;
import org.apache.cassandra.io.compress.ZstdCompressor;

/** Prints vectors/chunks-v1.txt; docs/FORMAT.md has the command. */
public final class VectorGenerator {

  static final String UUID_ID = "0eb2277e-0acc-4adb-9241-1dd84dde691c";
  static final byte[] TEXT =
      "id=1;name=Ada;note=the same words again and again and again and again;"
          .repeat(4)
          .getBytes(StandardCharsets.US_ASCII);

  private VectorGenerator() {}

  public static void main(String[] args) throws IOException {
    System.out.println(
        "# Vectors of the cassandra-tde chunk format, version 1. Made by VectorGenerator; see docs/FORMAT.md.");
    accepted("empty-128", UUID_ID, 128, InnerCompression.STORED, null, new byte[0], 0);
    accepted("stored-128", UUID_ID, 128, InnerCompression.STORED, null, bytes(100), 1);
    accepted("stored-192", UUID_ID, 192, InnerCompression.STORED, null, bytes(16), 2);
    accepted(
        "stored-256-last-counter",
        UUID_ID,
        256,
        InnerCompression.STORED,
        null,
        bytes(33),
        0xFFFFFFFFL);
    accepted("text-id", "1", 256, InnerCompression.STORED, null, bytes(5), 7);
    accepted(
        "upper-case-uuid-is-text",
        "0EB2277E-0ACC-4ADB-9241-1DD84DDE691C",
        256,
        InnerCompression.STORED,
        null,
        bytes(5),
        0);
    accepted(
        "utf8-id-of-1024-bytes", "ä".repeat(512), 256, InnerCompression.STORED, null, bytes(5), 0);
    accepted("lz4", UUID_ID, 256, InnerCompression.LZ4, LZ4Compressor.create(Map.of()), TEXT, 3);
    accepted(
        "snappy",
        UUID_ID,
        256,
        InnerCompression.SNAPPY,
        SnappyCompressor.create(Map.of()),
        TEXT,
        4);
    accepted(
        "deflate",
        UUID_ID,
        256,
        InnerCompression.DEFLATE,
        DeflateCompressor.create(Map.of()),
        TEXT,
        5);
    accepted("zstd", UUID_ID, 256, InnerCompression.ZSTD, ZstdCompressor.create(Map.of()), TEXT, 6);

    rejected("version-2", "MALFORMED", 256, chunk -> with(chunk, 0, 2));
    rejected("key-id-form-2", "MALFORMED", 256, chunk -> with(chunk, 1, 0x20));
    rejected("inner-compression-5", "MALFORMED", 256, chunk -> with(chunk, 1, 0x05));
    rejected("uuid-as-text", "MALFORMED", 256, VectorGenerator::uuidAsText);
    rejected(
        "text-id-of-no-bytes",
        "MALFORMED",
        256,
        chunk -> with(with(with(chunk, 1, 0x10), 10, 0), 11, 0));
    rejected(
        "text-id-of-1025-bytes",
        "MALFORMED",
        256,
        chunk -> with(with(with(Arrays.copyOf(chunk, 2000), 1, 0x10), 10, 4), 11, 1));
    rejected("no-tag", "MALFORMED", 256, chunk -> Arrays.copyOf(chunk, 46 + 15));
    rejected("half-a-header", "MALFORMED", 256, chunk -> Arrays.copyOf(chunk, 30));
    rejected("no-bytes", "MALFORMED", 256, chunk -> new byte[0]);
    rejected("other-check-value", "WRONG_KEY", 256, chunk -> with(chunk, 6, chunk[6] ^ 1));
    rejected("changed-group-tag", "NOT_AUTHENTIC", 256, chunk -> with(chunk, 2, chunk[2] ^ 1));
    rejected("changed-flags", "NOT_AUTHENTIC", 256, chunk -> with(chunk, 1, 0x01));
    rejected("changed-salt", "NOT_AUTHENTIC", 256, chunk -> with(chunk, 26, chunk[26] ^ 1));
    rejected("changed-counter", "NOT_AUTHENTIC", 256, chunk -> with(chunk, 45, chunk[45] ^ 1));
    rejected(
        "changed-ciphertext", "NOT_AUTHENTIC", 256, chunk -> with(chunk, 46, chunk[46] ^ 0x80));
    rejected(
        "changed-tag",
        "NOT_AUTHENTIC",
        256,
        chunk -> with(chunk, chunk.length - 1, chunk[chunk.length - 1] ^ 1));
    rejected("shorter", "NOT_AUTHENTIC", 256, chunk -> Arrays.copyOf(chunk, chunk.length - 1));
    rejected("longer", "NOT_AUTHENTIC", 256, chunk -> Arrays.copyOf(chunk, chunk.length + 1));
    // New vectors come behind all old ones, which stay as they are: old data must open forever.
    PlaceVectors.printAll();
  }

  static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 7 + 1);
    }
    return bytes;
  }

  static byte[] with(byte[] chunk, int at, int value) {
    byte[] changed = chunk.clone();
    changed[at] = (byte) value;
    return changed;
  }

  private static byte[] uuidAsText(byte[] chunk) {
    byte[] id = UUID_ID.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(chunk.length - 16 + 2 + id.length)
        .put(chunk[0])
        .put((byte) 0x10)
        .put(chunk, 2, 8)
        .putShort((short) id.length)
        .put(id)
        .put(chunk, 26, chunk.length - 26)
        .array();
  }

  static byte[] dataKey(int bits) {
    byte[] key = new byte[bits / 8];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (0x80 + i);
    }
    return key;
  }

  static byte[] salt() {
    byte[] salt = new byte[16];
    for (int i = 0; i < 16; i++) {
      salt[i] = (byte) (0x30 + i);
    }
    return salt;
  }

  /** Seals a payload under the fixed salt with the counter asked for. */
  static byte[] seal(DataKey key, InnerCompression inner, byte[] payload, long counter) {
    SealingSession session =
        new SealingSession(key, salt(), TestKeys.sunJce(), SessionLimits.DEFAULTS, 0);
    session.skipTo(counter);
    byte[] chunk = new byte[session.sealedLength(payload.length)];
    session.seal(inner, payload, payload.length, chunk);
    return chunk;
  }

  private static void accepted(
      String name,
      String keyId,
      int bits,
      InnerCompression inner,
      @org.jspecify.annotations.Nullable ICompressor compressor,
      byte[] plain,
      long counter)
      throws IOException {
    byte[] payload = compressor == null ? plain : compress(compressor, plain);
    DataKey key = key(keyId, bits);
    print("vector", name);
    print("data_key", hex(dataKey(bits)));
    printHeader(key, counter);
    print("inner", inner.name());
    print("chunk", hex(seal(key, inner, payload, counter)));
    print("payload", hex(payload));
    print("plaintext", hex(plain));
    print("result", "OPENS");
    System.out.println();
  }

  private static void rejected(
      String name, String failure, int bits, UnaryOperator<byte[]> change) {
    DataKey key = key(UUID_ID, bits);
    print("vector", name);
    print("data_key", hex(dataKey(bits)));
    print("inner", InnerCompression.LZ4.name());
    print("chunk", hex(change.apply(seal(key, InnerCompression.STORED, bytes(40), 9))));
    print("result", failure);
    System.out.println();
  }

  static DataKey key(String keyId, int bits) {
    int group = GroupTag.of(ProviderKind.KMIP, "vectors");
    return DataKey.of(group, keyId, dataKey(bits), TestKeys.HKDF);
  }

  /** What stands in the header of a chunk that is sealed with this key and counter. */
  static void printHeader(DataKey key, long counter) {
    KeyReference reference = key.reference();
    print("key_id", reference.keyId());
    print("provider", "kmip");
    print("group", "vectors");
    print("group_tag", "%08x".formatted(reference.groupTag()));
    print("check_value", "%08x".formatted(reference.checkValue()));
    print("salt", hex(salt()));
    print("counter", Long.toString(counter));
  }

  static byte[] compress(ICompressor compressor, byte[] plain) throws IOException {
    ByteBuffer in = ByteBuffer.allocateDirect(plain.length).put(plain).flip();
    ByteBuffer out =
        ByteBuffer.allocateDirect(compressor.initialCompressedBufferLength(plain.length));
    compressor.compress(in, out);
    byte[] payload = new byte[out.flip().remaining()];
    out.get(payload);
    return payload;
  }

  static String hex(byte[] bytes) {
    return bytes.length == 0 ? "-" : HexFormat.of().formatHex(bytes);
  }

  static void print(String name, String value) {
    System.out.println(name + ": " + value);
  }
}
