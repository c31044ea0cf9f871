package com.datastax.bdp.cassandra.crypto;

import java.util.Map;
import org.apache.cassandra.io.compress.ICompressor;

/** DSE's full name for {@link org.apache.cassandra.io.compress.Encryptor}. */
public abstract class Encryptor implements ICompressor {

  private Encryptor() {}

  public static ICompressor create(Map<String, String> options) {
    return org.apache.cassandra.io.compress.Encryptor.create(options);
  }
}
