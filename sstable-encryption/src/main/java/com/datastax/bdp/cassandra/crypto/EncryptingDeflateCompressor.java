package com.datastax.bdp.cassandra.crypto;

import java.util.Map;
import org.apache.cassandra.io.compress.ICompressor;

/** DSE's full name for {@link org.apache.cassandra.io.compress.EncryptingDeflateCompressor}. */
public abstract class EncryptingDeflateCompressor implements ICompressor {

  private EncryptingDeflateCompressor() {}

  public static ICompressor create(Map<String, String> options) {
    return org.apache.cassandra.io.compress.EncryptingDeflateCompressor.create(options);
  }
}
