package io.cassandratde.sstable.cassandra;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.cassandra.config.DatabaseDescriptor;
import org.apache.cassandra.db.Keyspace;
import org.apache.cassandra.schema.Schema;
import org.apache.cassandra.schema.TableMetadata;

/**
 * Alarms of the one change that no listener hears and no compressor sees: JMX's
 * ColumnFamilyStore.setCompressionParameters replaces a table's compression on one node, in memory.
 * It may take the encryption away. The alarm is repeated every ten minutes while that lasts.
 */
final class LocalOverrides {

  private static final Duration AGAIN = Duration.ofMinutes(10);

  private final LongSupplier nanoTime;
  private final Consumer<String> alarm;

  /** By table, when it was last alarmed of. */
  private final Map<String, Long> alarmed = new HashMap<>();

  LocalOverrides(LongSupplier nanoTime, Consumer<String> alarm) {
    this.nanoTime = nanoTime;
    this.alarm = alarm;
  }

  /** Looks at all tables of the node. */
  void look() {
    if (!DatabaseDescriptor.isDaemonInitialized() || !Keyspace.isInitialized()) {
      return;
    }
    Map<TableMetadata, TableMetadata> definitions = new HashMap<>();
    for (String name : Schema.instance.getUserKeyspaces()) {
      Keyspace keyspace = Schema.instance.getKeyspaceInstance(name);
      if (keyspace != null) {
        keyspace
            .getColumnFamilyStores()
            .forEach(store -> definitions.put(store.metadata.get(), store.metadata.getLocal()));
      }
    }
    look(definitions);
  }

  /**
   * Looks at these tables.
   *
   * @param definitions of the schema, with what this node writes by
   */
  synchronized void look(Map<TableMetadata, TableMetadata> definitions) {
    Set<String> plain = new HashSet<>();
    definitions.forEach(
        (table, local) -> {
          if (TableGuard.isEncrypted(table)
              && !TableGuard.isEncrypted(local)
              && !TableGuard.isCoveredByPolicy(local)) {
            String name = table.keyspace + '.' + table.name;
            plain.add(name);
            alarm(name, local);
          }
        });
    // One that was set back and is taken away again is news.
    alarmed.keySet().retainAll(plain);
  }

  private void alarm(String table, TableMetadata local) {
    long now = nanoTime.getAsLong();
    Long last = alarmed.get(table);
    if (last == null || now - last >= AGAIN.toNanos()) {
      alarmed.put(table, now);
      alarm.accept(
          "Table %s is encrypted, but JMX setCompressionParameters has set %s on this node: it writes PLAINTEXT. Set the encrypting options again, or restart the node; then nodetool upgradesstables -a"
              .formatted(table, local.params.compression.asMap()));
    }
  }
}
