package io.cassandratde.sstable.cassandra;

import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.config.EncryptionPolicy;
import io.cassandratde.keys.runtime.TdeRuntime;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.cassandra.config.DatabaseDescriptor;
import org.apache.cassandra.schema.CompressionParams;
import org.apache.cassandra.schema.SchemaConstants;
import org.apache.cassandra.schema.TableMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the table of a compressor instance, by identity, and gives or refuses the permit to seal
 * (docs/RULES.md R24).
 *
 * <p>All {@link TableDefinitions} are searched when an instance seals for the first time, and
 * {@link SchemaWatch} judges what comes and goes meanwhile.
 */
public final class TableGuard {

  private static final Logger logger = LoggerFactory.getLogger(TableGuard.class);
  private static final Set<String> warned = ConcurrentHashMap.newKeySet();

  /** The SSTable format that seals every component. */
  public static final String SEALED_FORMAT = "ebti";

  private TableGuard() {}

  /** The compressor of an encrypted table, or null. */
  public static @Nullable EncryptingCompressor encryptingCompressor(TableMetadata table) {
    return table.params.compression.getSstableCompressor()
            instanceof EncryptingCompressor compressor
        ? compressor
        : null;
  }

  static boolean isEncrypted(TableMetadata table) {
    return encryptingCompressor(table) != null;
  }

  /**
   * Whether the policy has the table's SSTables encrypted whatever its compression is. A node that
   * has such a policy writes format ebti, or it did not start.
   */
  static boolean isCoveredByPolicy(TableMetadata table) {
    return TdeRuntime.get()
            .config()
            .policy()
            .defaultKeyOf(table.keyspace, SchemaConstants.isSystemKeyspace(table.keyspace))
        != null;
  }

  /** Decides about the instance in this table's definition, once and for all; other tables pass. */
  static void judge(TableMetadata table) {
    EncryptingCompressor compressor = encryptingCompressor(table);
    if (compressor == null) {
      return;
    }
    CompressionParams params = table.params.compression;
    String loop = ownKeys(table, compressor.spec());
    if (loop != null) {
      compressor.permit().refuse(loop);
    } else if (params.maxCompressedLength() == Integer.MAX_VALUE) {
      compressor.permit().grant();
    } else {
      compressor.permit().refuse(leak(table));
    }
    for (String warning : compressor.warnings()) {
      if (warned.add(table.keyspace + '.' + table.name + ' ' + warning)) {
        logger.warn("Table {}.{}: {}", table.keyspace, table.name, warning);
      }
    }
  }

  /**
   * Why a table cannot be sealed by these keys: they are in a table that needs it (docs/RULES.md
   * R26). Null: it can.
   */
  public static @Nullable String ownKeys(TableMetadata table, KeySpec spec) {
    boolean isNeeded =
        SchemaConstants.isSystemKeyspace(table.keyspace)
            || table.keyspace.equals(EncryptionPolicy.CONTROL_KEYSPACE);
    return spec.provider() == ProviderKind.REPLICATED && isNeeded
        ? ("table %s.%s names replicated keys, and is itself needed to read these, so nothing is written. Remedy: ALTER TABLE"
                + " %s.%s WITH compression = {... with 'kmip_host' or 'secret_key_file' in place of"
                + " ReplicatedKeyProviderFactory ...}; if a flush failed meanwhile, restart the node afterwards")
            .formatted(table.keyspace, table.name, table.keyspace, table.name)
        : null;
  }

  static String leak(TableMetadata table) {
    return "table %s.%s is encrypted and has min_compress_ratio %s: chunks that do not shrink below %d bytes would reach the disk in"
            .formatted(
                table.keyspace,
                table.name,
                table.params.compression.asMap().get(CompressionParams.MIN_COMPRESS_RATIO),
                table.params.compression.maxCompressedLength())
        + " plaintext, so nothing is written. Remedy: ALTER TABLE %s.%s WITH compression = {... without 'min_compress_ratio' ...};"
            .formatted(table.keyspace, table.name)
        + " if a flush failed meanwhile, restart the node afterwards (its commit log holds the rows)";
  }

  /** Searches everything that may hold this instance and judges what it finds. */
  static void judgeOwnerOf(EncryptingCompressor compressor) {
    if (isCassandraInitialized()) {
      TableDefinitions.forEach(
          table -> {
            if (table.params.compression.getSstableCompressor() == compressor) {
              judge(table);
            }
          });
    }
  }

  /**
   * Whether the SSTables that this node writes itself are sealed whole, by their format: then
   * neither {@code flush_compression} nor {@code min_compress_ratio} lets a byte out in clear.
   * Streams in parts of another format still are what they were at the sender.
   */
  static boolean writesSealedFormat() {
    return DatabaseDescriptor.isDaemonInitialized()
        && DatabaseDescriptor.getSelectedSSTableFormat().name().equals(SEALED_FORMAT);
  }

  static boolean isCassandraInitialized() {
    return DatabaseDescriptor.isDaemonInitialized()
        || DatabaseDescriptor.isToolInitialized()
        || DatabaseDescriptor.isClientInitialized();
  }
}
