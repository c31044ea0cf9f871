package io.cassandratde.sstable.cassandra.ebti;

import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.config.EncryptionPolicy;
import io.cassandratde.sstable.cassandra.CodecRuntime;
import io.cassandratde.sstable.cassandra.EncryptingCompressor;
import io.cassandratde.sstable.cassandra.InnerCodec;
import io.cassandratde.sstable.cassandra.SealingRefusedException;
import io.cassandratde.sstable.cassandra.TableGuard;
import io.cassandratde.sstable.format.InnerCompression;
import java.util.Map;
import org.apache.cassandra.io.compress.DeflateCompressor;
import org.apache.cassandra.io.compress.ICompressor;
import org.apache.cassandra.io.compress.LZ4Compressor;
import org.apache.cassandra.io.compress.NoopCompressor;
import org.apache.cassandra.io.compress.SnappyCompressor;
import org.apache.cassandra.io.compress.ZstdCompressor;
import org.apache.cassandra.schema.Schema;
import org.apache.cassandra.schema.SchemaConstants;
import org.apache.cassandra.schema.TableMetadata;
import org.jspecify.annotations.Nullable;

/**
 * How a table's SSTables are protected.
 *
 * @param spec whose keys wrap their data keys
 * @param inner what compresses before sealing
 */
record Protection(KeySpec spec, InnerCodec inner) {

  private static final Map<Class<? extends ICompressor>, InnerCompression> KNOWN =
      Map.of(
          LZ4Compressor.class, InnerCompression.LZ4,
          SnappyCompressor.class, InnerCompression.SNAPPY,
          DeflateCompressor.class, InnerCompression.DEFLATE,
          ZstdCompressor.class, InnerCompression.ZSTD);

  /** Null: its SSTables are written in clear. */
  static @Nullable Protection of(TableMetadata any) {
    TableMetadata table = any.isIndex() ? baseOf(any) : any;
    EncryptingCompressor compressor = TableGuard.encryptingCompressor(table);
    if (compressor != null) {
      String loop = TableGuard.ownKeys(table, compressor.spec());
      if (loop != null) {
        throw new SealingRefusedException(loop);
      }
      return new Protection(compressor.spec(), compressor.innerCodec());
    }
    EncryptionPolicy policy = CodecRuntime.get().runtime().config().policy();
    KeySpec spec =
        policy.defaultKeyOf(table.keyspace, SchemaConstants.isSystemKeyspace(table.keyspace));
    return spec == null
        ? null
        : new Protection(spec, inner(table.params.compression.getSstableCompressor()));
  }

  /**
   * The table of a legacy index as the schema has it now: the index keeps the definition of its own
   * that was made when it was opened, so an ALTER of its table does not show there.
   */
  private static TableMetadata baseOf(TableMetadata index) {
    String base = index.name.substring(0, index.name.indexOf('.'));
    TableMetadata table = Schema.instance.getTableMetadata(index.keyspace, base);
    return table == null ? index : table;
  }

  /**
   * Compresses as the table does; a compressor that is not Cassandra's own is replaced by LZ4,
   * since the format names those alone.
   */
  private static InnerCodec inner(@Nullable ICompressor compressor) {
    if (compressor == null || compressor instanceof NoopCompressor) {
      return InnerCodec.none();
    }
    InnerCompression known = KNOWN.get(compressor.getClass());
    return known == null
        ? InnerCodec.of(InnerCompression.LZ4, LZ4Compressor.create(Map.of()))
        : InnerCodec.of(known, compressor);
  }
}
