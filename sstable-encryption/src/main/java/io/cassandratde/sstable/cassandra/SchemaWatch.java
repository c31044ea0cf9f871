package io.cassandratde.sstable.cassandra;

import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.cassandra.schema.KeyspaceMetadata;
import org.apache.cassandra.schema.Schema;
import org.apache.cassandra.schema.SchemaChangeListener;
import org.apache.cassandra.schema.TableMetadata;
import org.apache.cassandra.schema.ViewMetadata;
import org.apache.cassandra.service.ClientWarn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the schema for changes that would put plaintext on disk. A listener comes too late to
 * veto: the change is in system_schema already, so it alarms, in the log of every node and as a
 * warning to the client that issued the statement (listeners run on its request thread), and the
 * guard refuses what can be refused.
 *
 * <p>It registers when the first compressor is made, before the schema that asked for it is
 * announced, so every table of a starting node passes through {@link #onCreateTable}.
 */
final class SchemaWatch implements SchemaChangeListener {

  private static final Logger logger = LoggerFactory.getLogger(SchemaWatch.class);
  private static final AtomicBoolean registered = new AtomicBoolean();

  private SchemaWatch() {}

  static void register() {
    if (TableGuard.isCassandraInitialized() && registered.compareAndSet(false, true)) {
      Schema.instance.registerListener(new SchemaWatch());
    }
  }

  @Override
  public void onCreateTable(TableMetadata table) {
    TableGuard.judge(table);
    alarmOfLeak(table);
  }

  @Override
  public void onCreateView(ViewMetadata view) {
    onCreateTable(view.metadata);
    TableMetadata base = Schema.instance.getTableMetadata(view.baseTableId);
    if (base != null && TableGuard.isEncrypted(base)) {
      alarmOfPlainView(view);
    }
  }

  /**
   * Before the new definition is in use, so that no writer meets an instance that was not judged.
   */
  @Override
  public void onPreAlterTable(TableMetadata before, TableMetadata after) {
    TableGuard.judge(before);
    TableGuard.judge(after);
  }

  @Override
  public void onPreAlterView(ViewMetadata before, ViewMetadata after) {
    onPreAlterTable(before.metadata, after.metadata);
  }

  @Override
  public void onAlterTable(TableMetadata before, TableMetadata after, boolean affectStatements) {
    TableGuard.judge(after);
    alarmOfLeak(after);
    boolean was = TableGuard.isEncrypted(before);
    boolean is = TableGuard.isEncrypted(after);
    if (was && !is && TableGuard.isCoveredByPolicy(after)) {
      logger.info(
          "{} names no key of its own any more; the policy goes on encrypting it, by default_key",
          name(after));
    } else if (was && !is) {
      alarm(
          "%s is no longer encrypted: compression is now %s, so everything written from now on reaches the disk in plaintext."
                  .formatted(name(after), after.params.compression.asMap())
              + " If that is not meant, ALTER it back and run nodetool upgradesstables -a %s %s."
                  .formatted(after.keyspace, after.name));
    } else if (!was && is) {
      logger.info(
          "{} is encrypted from now on; what it wrote before stays in plaintext until nodetool upgradesstables -a {} {}",
          name(after),
          after.keyspace,
          after.name);
      KeyspaceMetadata keyspace = Schema.instance.getKeyspaceMetadata(after.keyspace);
      if (keyspace != null) {
        keyspace.views.forTable(after.id).forEach(SchemaWatch::alarmOfPlainView);
      }
    }
  }

  private static void alarmOfLeak(TableMetadata table) {
    EncryptingCompressor compressor = TableGuard.encryptingCompressor(table);
    if (compressor == null) {
      return;
    }
    String refusal = compressor.permit().refusal();
    boolean sealsAnyway =
        TableGuard.writesSealedFormat() && TableGuard.ownKeys(table, compressor.spec()) == null;
    if (refusal != null && !sealsAnyway) {
      alarm(refusal + ". Every flush of this table will fail until then.");
    }
  }

  /** A view has compression options of its own and does not inherit its base table's. */
  private static void alarmOfPlainView(ViewMetadata view) {
    if (!TableGuard.isEncrypted(view.metadata) && !TableGuard.isCoveredByPolicy(view.metadata)) {
      alarm(
          "Materialized view %s.%s of the encrypted table %s.%s is NOT encrypted: it does not inherit its base table's compression and"
                  .formatted(view.keyspace(), view.name(), view.keyspace(), view.baseTableName)
              + " its rows reach the disk in plaintext. Remedy: ALTER MATERIALIZED VIEW %s.%s WITH compression = {... the base table's"
                  .formatted(view.keyspace(), view.name())
              + " options ...}; then nodetool upgradesstables -a %s %s on every node. Better: give the options in CREATE MATERIALIZED"
                  .formatted(view.keyspace(), view.name())
              + " VIEW.");
    }
  }

  private static String name(TableMetadata table) {
    return (table.isView() ? "Materialized view " : "Table ") + table.keyspace + '.' + table.name;
  }

  private static void alarm(String message) {
    logger.error(message);
    ClientWarn.instance.warn(message);
  }
}
