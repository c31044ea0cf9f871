package io.cassandratde.sstable.cassandra.ebti;

import io.cassandratde.keys.KeySpec;
import io.cassandratde.sstable.cassandra.EncryptingCompressor;
import io.cassandratde.sstable.cassandra.InnerCodec;
import io.cassandratde.sstable.cassandra.TableGuard;
import org.apache.cassandra.schema.TableMetadata;
import org.jspecify.annotations.Nullable;

/**
 * How a table's SSTables are protected.
 *
 * @param spec whose keys wrap their data keys
 * @param inner what compresses before sealing
 */
record Protection(KeySpec spec, InnerCodec inner) {

  /** Null: its SSTables are written in clear. */
  static @Nullable Protection of(TableMetadata table) {
    EncryptingCompressor compressor = TableGuard.encryptingCompressor(table);
    return compressor == null
        ? null
        : new Protection(compressor.spec(), compressor.innerCodec());
  }
}
