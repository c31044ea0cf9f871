package org.apache.cassandra.io.compress;

import io.cassandratde.sstable.cassandra.CodecOptions;
import io.cassandratde.sstable.cassandra.EncryptingCompressor;
import io.cassandratde.sstable.format.InnerCompression;
import java.util.Map;
import java.util.Set;

/** LZ4, then AES-GCM. */
public final class EncryptingLZ4Compressor extends EncryptingCompressor {

  private static final CodecOptions.Inner INNER =
      new CodecOptions.Inner(
          InnerCompression.LZ4,
          Set.of(LZ4Compressor.LZ4_COMPRESSOR_TYPE, LZ4Compressor.LZ4_HIGH_COMPRESSION_LEVEL),
          LZ4Compressor::create);

  public static EncryptingLZ4Compressor create(Map<String, String> options) {
    return new EncryptingLZ4Compressor(CodecOptions.compressing(options, INNER));
  }

  private EncryptingLZ4Compressor(CodecOptions options) {
    super(options);
  }
}
