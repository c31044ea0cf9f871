package io.cassandratde.sstable.cassandra.ebti;

import io.cassandratde.sstable.cassandra.InnerCodec;
import io.cassandratde.sstable.format.InnerCompression;
import io.cassandratde.sstable.format.carrier.Carrier;
import io.cassandratde.sstable.format.carrier.CorruptCarrierException;
import io.cassandratde.sstable.format.carrier.SSTableKeys;
import io.cassandratde.sstable.format.data.ChunkIndexMac;
import io.cassandratde.sstable.format.data.DataCipher;
import java.io.IOException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import org.apache.cassandra.io.compress.DeflateCompressor;
import org.apache.cassandra.io.compress.LZ4Compressor;
import org.apache.cassandra.io.compress.SnappyCompressor;
import org.apache.cassandra.io.compress.ZstdCompressor;
import org.jspecify.annotations.Nullable;

/**
 * The options that CompressionInfo.db and stream headers hold for an encrypted Data.db.
 *
 * @param saltHex of the file's subkey
 * @param carrier the carrier in hex; in memory and in streams only
 */
record DataFileOptions(
    String saltHex, int keyId, InnerCompression compression, @Nullable String carrier) {

  static final String NOT_FOR_TABLES =
      "this compressor is for the SSTable format ebti alone, which makes it by itself: name"
          + " EncryptingLZ4Compressor or another in CREATE TABLE";

  private static final String SALT = "salt";
  private static final String DATA_KEY = "data_key";
  private static final String INNER = "inner";
  private static final String CARRIER = "carrier";
  private static final HexFormat HEX = HexFormat.of();

  /** All that CompressionInfo.db holds, and no less. */
  static final Set<String> ON_DISK = Set.of(SALT, DATA_KEY, INNER, ChunkIndexMac.OPTION);

  static final Set<String> NAMES = Set.of(SALT, DATA_KEY, INNER, CARRIER, ChunkIndexMac.OPTION);

  /**
   * Reads stored options.
   *
   * @throws IllegalArgumentException they are not those of an encrypted Data.db
   */
  static DataFileOptions of(Map<String, String> stored) {
    String salt = stored.getOrDefault(SALT, "");
    if (HEX.parseHex(salt).length != DataCipher.SALT_BYTES) {
      throw new IllegalArgumentException(NOT_FOR_TABLES);
    }
    return new DataFileOptions(
        salt,
        Integer.parseInt(stored.getOrDefault(DATA_KEY, "")),
        InnerCompression.valueOf(stored.getOrDefault(INNER, "")),
        stored.get(CARRIER));
  }

  static DataFileOptions of(byte[] salt, int keyId, InnerCompression compression) {
    return new DataFileOptions(HEX.formatHex(salt), keyId, compression, null);
  }

  byte[] salt() {
    return HEX.parseHex(saltHex);
  }

  /** What is written to the disk, but for the authentication code. */
  Map<String, String> toStored() {
    Map<String, String> stored = new HashMap<>();
    stored.put(SALT, saltHex);
    stored.put(DATA_KEY, String.valueOf(keyId));
    stored.put(INNER, compression.name());
    return stored;
  }

  /**
   * What readers keep in memory, and streams carry: the receiver of parts sees no other file. The
   * row of Data.db's own key is all that it needs, and a text in a stream's header has 65,535 bytes
   * at most, which a carrier with many rows would not fit.
   */
  static Map<String, String> withCarrier(Map<String, String> stored, Carrier carrier) {
    Map<String, String> more = new HashMap<>(stored);
    Carrier needed = carrier.only(of(stored).keyId());
    more.put(CARRIER, HEX.formatHex(needed.encode()));
    return more;
  }

  InnerCodec inner() {
    return switch (compression) {
      case STORED -> InnerCodec.none();
      case LZ4 -> InnerCodec.of(compression, LZ4Compressor.create(Map.of()));
      case SNAPPY -> InnerCodec.of(compression, SnappyCompressor.create(Map.of()));
      case DEFLATE -> InnerCodec.of(compression, DeflateCompressor.create(Map.of()));
      case ZSTD -> InnerCodec.of(compression, ZstdCompressor.create(Map.of()));
    };
  }

  /**
   * For the receiver of a stream.
   *
   * @throws IllegalStateException the options came from a file, which does not hold the carrier
   * @throws io.cassandratde.keys.KeyException this node cannot get the sender's key
   */
  DataCipher streamedCipher() throws IOException {
    String hex = carrier;
    if (hex == null) {
      throw new IllegalStateException(
          "this compressor was made from stored options without the SSTable's carrier");
    }
    try (SSTableKeys keys = EbtiRuntime.get().open(parse(hex), null)) {
      return DataCipher.of(keys, keyId, salt(), EbtiRuntime.get().ciphers());
    }
  }

  private static Carrier parse(String hex) throws CorruptCarrierException {
    return Carrier.parse(HEX.parseHex(hex));
  }
}
