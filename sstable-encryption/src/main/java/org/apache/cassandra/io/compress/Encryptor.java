package org.apache.cassandra.io.compress;

import io.cassandratde.sstable.cassandra.CodecOptions;
import io.cassandratde.sstable.cassandra.EncryptingCompressor;
import java.util.Map;

/** AES-GCM alone, for data that does not compress. */
public final class Encryptor extends EncryptingCompressor {

  public static Encryptor create(Map<String, String> options) {
    return new Encryptor(CodecOptions.encryptOnly(options));
  }

  private Encryptor(CodecOptions options) {
    super(options);
  }
}
