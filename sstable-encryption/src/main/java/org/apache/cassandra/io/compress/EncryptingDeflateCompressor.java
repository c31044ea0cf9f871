package org.apache.cassandra.io.compress;

import io.cassandratde.sstable.cassandra.CodecOptions;
import io.cassandratde.sstable.cassandra.EncryptingCompressor;
import io.cassandratde.sstable.format.InnerCompression;
import java.util.Map;
import java.util.Set;

/** Deflate, then AES-GCM. */
public final class EncryptingDeflateCompressor extends EncryptingCompressor {

  private static final CodecOptions.Inner INNER =
      new CodecOptions.Inner(InnerCompression.DEFLATE, Set.of(), DeflateCompressor::create);

  public static EncryptingDeflateCompressor create(Map<String, String> options) {
    return new EncryptingDeflateCompressor(CodecOptions.compressing(options, INNER));
  }

  private EncryptingDeflateCompressor(CodecOptions options) {
    super(options);
  }
}
