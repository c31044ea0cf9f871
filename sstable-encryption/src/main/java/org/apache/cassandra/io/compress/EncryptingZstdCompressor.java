package org.apache.cassandra.io.compress;

import io.cassandratde.sstable.cassandra.CodecOptions;
import io.cassandratde.sstable.cassandra.EncryptingCompressor;
import io.cassandratde.sstable.format.InnerCompression;
import java.util.Map;
import java.util.Set;

/** Zstd, then AES-GCM. */
public final class EncryptingZstdCompressor extends EncryptingCompressor {

  private static final CodecOptions.Inner INNER =
      new CodecOptions.Inner(
          InnerCompression.ZSTD,
          Set.of(ZstdCompressor.COMPRESSION_LEVEL_OPTION_NAME),
          ZstdCompressor::create);

  public static EncryptingZstdCompressor create(Map<String, String> options) {
    return new EncryptingZstdCompressor(CodecOptions.compressing(options, INNER));
  }

  private EncryptingZstdCompressor(CodecOptions options) {
    super(options);
  }
}
