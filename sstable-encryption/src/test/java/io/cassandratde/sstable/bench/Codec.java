package io.cassandratde.sstable.bench;

import io.cassandratde.sstable.cassandra.EncryptingCompressor;
import java.util.Map;
import org.apache.cassandra.io.compress.DeflateCompressor;
import org.apache.cassandra.io.compress.EncryptingDeflateCompressor;
import org.apache.cassandra.io.compress.EncryptingLZ4Compressor;
import org.apache.cassandra.io.compress.EncryptingSnappyCompressor;
import org.apache.cassandra.io.compress.EncryptingZstdCompressor;
import org.apache.cassandra.io.compress.Encryptor;
import org.apache.cassandra.io.compress.ICompressor;
import org.apache.cassandra.io.compress.LZ4Compressor;
import org.apache.cassandra.io.compress.NoopCompressor;
import org.apache.cassandra.io.compress.SnappyCompressor;
import org.apache.cassandra.io.compress.ZstdCompressor;

/** Our compressors beside the stock ones inside them. */
public enum Codec {
  LZ4,
  ZSTD,
  SNAPPY,
  DEFLATE,
  NONE;

  EncryptingCompressor encrypting(Map<String, String> options) {
    return switch (this) {
      case LZ4 -> EncryptingLZ4Compressor.create(options);
      case ZSTD -> EncryptingZstdCompressor.create(options);
      case SNAPPY -> EncryptingSnappyCompressor.create(options);
      case DEFLATE -> EncryptingDeflateCompressor.create(options);
      case NONE -> Encryptor.create(options);
    };
  }

  ICompressor stock() {
    return switch (this) {
      case LZ4 -> LZ4Compressor.create(Map.of());
      case ZSTD -> ZstdCompressor.create(Map.of());
      case SNAPPY -> SnappyCompressor.create(Map.of());
      case DEFLATE -> DeflateCompressor.create(Map.of());
      case NONE -> NoopCompressor.create(Map.of());
    };
  }
}
