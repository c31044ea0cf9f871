package org.apache.cassandra.io.compress;

import io.cassandratde.sstable.cassandra.ebti.DataCompressor;
import java.util.Map;

/**
 * What CompressionInfo.db of an encrypted SSTable names; the format ebti makes it by itself. Here
 * for its package (docs/FORMAT-EBTI.md).
 */
public final class EncryptedSSTableCompressor extends DataCompressor {

  private EncryptedSSTableCompressor(Map<String, String> options) {
    super(options);
  }

  public static EncryptedSSTableCompressor create(Map<String, String> options) {
    return new EncryptedSSTableCompressor(options);
  }
}
