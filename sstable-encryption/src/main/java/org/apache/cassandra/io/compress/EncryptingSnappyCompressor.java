package org.apache.cassandra.io.compress;

import io.cassandratde.sstable.cassandra.CodecOptions;
import io.cassandratde.sstable.cassandra.EncryptingCompressor;
import io.cassandratde.sstable.format.InnerCompression;
import java.util.Map;
import java.util.Set;

/** Snappy, then AES-GCM. */
public final class EncryptingSnappyCompressor extends EncryptingCompressor {

  private static final CodecOptions.Inner INNER =
      new CodecOptions.Inner(InnerCompression.SNAPPY, Set.of(), SnappyCompressor::create);

  public static EncryptingSnappyCompressor create(Map<String, String> options) {
    return new EncryptingSnappyCompressor(CodecOptions.compressing(options, INNER));
  }

  private EncryptingSnappyCompressor(CodecOptions options) {
    super(options);
  }
}
