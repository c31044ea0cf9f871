package io.cassandratde.sstable.cassandra;

import java.util.HashMap;
import java.util.Map;
import org.apache.cassandra.config.DatabaseDescriptor;
import org.apache.cassandra.db.ColumnFamilyStore;
import org.apache.cassandra.db.Keyspace;
import org.apache.cassandra.schema.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Alarms of the one change that no listener hears and no compressor sees: JMX's
 * ColumnFamilyStore.setCompressionParameters replaces a table's compression on one node, in memory.
 * It may take the encryption away.
 */
final class LocalOverrides {

  private static final Logger logger = LoggerFactory.getLogger(LocalOverrides.class);
  private static final long AGAIN_NANOS = 600_000_000_000L;
  private static final Map<String, Long> alarmed = new HashMap<>();

  private LocalOverrides() {}

  static synchronized void alarm() {
    if (!DatabaseDescriptor.isDaemonInitialized() || !Keyspace.isInitialized()) {
      return;
    }
    for (String name : Schema.instance.getUserKeyspaces()) {
      Keyspace keyspace = Schema.instance.getKeyspaceInstance(name);
      if (keyspace != null) {
        keyspace.getColumnFamilyStores().forEach(LocalOverrides::alarm);
      }
    }
  }

  private static void alarm(ColumnFamilyStore store) {
    if (!TableGuard.isEncrypted(store.metadata.get())
        || TableGuard.isEncrypted(store.metadata.getLocal())) {
      return;
    }
    String table = store.metadata.keyspace + '.' + store.metadata.name;
    Long last = alarmed.get(table);
    if (last == null || System.nanoTime() - last >= AGAIN_NANOS) {
      alarmed.put(table, System.nanoTime());
      logger.error(
          "Table {} is encrypted, but JMX setCompressionParameters has set {} on this node: it writes PLAINTEXT. Set the encrypting"
              + " options again, or restart the node; then nodetool upgradesstables -a",
          table,
          store.metadata.getLocal().params.compression.asMap());
    }
  }
}
