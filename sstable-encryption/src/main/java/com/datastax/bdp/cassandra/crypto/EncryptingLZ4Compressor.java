package com.datastax.bdp.cassandra.crypto;

import java.util.Map;
import org.apache.cassandra.io.compress.ICompressor;

/** DSE's full name for {@link org.apache.cassandra.io.compress.EncryptingLZ4Compressor}. */
public abstract class EncryptingLZ4Compressor implements ICompressor {

  private EncryptingLZ4Compressor() {}

  public static ICompressor create(Map<String, String> options) {
    return org.apache.cassandra.io.compress.EncryptingLZ4Compressor.create(options);
  }
}
