package com.datastax.bdp.cassandra.crypto;

import java.util.Map;
import org.apache.cassandra.io.compress.ICompressor;

/** DSE's full name for {@link org.apache.cassandra.io.compress.EncryptingSnappyCompressor}. */
public abstract class EncryptingSnappyCompressor implements ICompressor {

  private EncryptingSnappyCompressor() {}

  public static ICompressor create(Map<String, String> options) {
    return org.apache.cassandra.io.compress.EncryptingSnappyCompressor.create(options);
  }
}
