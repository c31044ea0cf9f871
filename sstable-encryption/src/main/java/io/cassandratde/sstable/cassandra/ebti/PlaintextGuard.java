package io.cassandratde.sstable.cassandra.ebti;

import com.google.common.collect.MapMaker;
import io.cassandratde.keys.runtime.TdeRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.cassandra.config.DatabaseDescriptor;
import org.apache.cassandra.db.ColumnFamilyStore;
import org.apache.cassandra.db.Keyspace;
import org.apache.cassandra.db.lifecycle.Tracker;
import org.apache.cassandra.io.sstable.Descriptor;
import org.apache.cassandra.io.sstable.format.SSTableFormat.Components;
import org.apache.cassandra.io.sstable.format.SSTableReader;
import org.apache.cassandra.notifications.INotification;
import org.apache.cassandra.notifications.INotificationConsumer;
import org.apache.cassandra.notifications.SSTableAddedNotification;
import org.apache.cassandra.schema.Schema;
import org.apache.cassandra.schema.TableMetadata;
import org.apache.cassandra.schema.TableMetadataRef;
import org.apache.cassandra.service.StorageService;
import org.apache.cassandra.utils.JVMStabilityInspector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code require_encrypted}: a node serves no SSTable in clear in a table that its policy or the
 * table's options protect. Nothing in an SSTable authenticates that it may be in clear
 * (docs/FORMAT-EBTI.md), so this alone keeps forged ones out.
 *
 * <p>One of format ebti is refused when it is opened. Those of other formats are opened by
 * Cassandra's own classes: a start ends with the message, and an import or a stream that brings one
 * fails with it, though Cassandra then has it in use already, as it asks nobody before.
 */
final class PlaintextGuard implements INotificationConsumer {

  private static final Logger logger = LoggerFactory.getLogger(PlaintextGuard.class);
  private static final Duration AGAIN = Duration.ofMinutes(10);
  private static final Map<Tracker, PlaintextGuard> WATCHED = new MapMaker().weakKeys().makeMap();

  /** By table, when it was last alarmed of. */
  private static final Map<String, Long> ALARMED = new ConcurrentHashMap<>();

  /** Not the table's store: that holds its tracker, which would stay in the map for good then. */
  private final TableMetadataRef table;

  PlaintextGuard(TableMetadataRef table) {
    this.table = table;
  }

  /** Tools must be able to repair what a node refuses. */
  private static boolean isOn() {
    return DatabaseDescriptor.isDaemonInitialized()
        && TdeRuntime.get().config().policy().required();
  }

  /**
   * Refuses an SSTable of format ebti that is about to be opened.
   *
   * @throws PlaintextRefusedException it is in clear and may not be; at a start the node stops
   */
  static void requireSealed(EncryptedDescriptor descriptor, TableMetadata table)
      throws IOException {
    if (isOn() && descriptor.keys().isPlain() && Protection.of(table) != null) {
      throw refuse(descriptor, table);
    }
  }

  private static PlaintextRefusedException refuse(Descriptor descriptor, TableMetadata table) {
    PlaintextRefusedException refused = new PlaintextRefusedException(message(descriptor, table));
    if (!StorageService.instance.isDaemonSetupCompleted()) {
      // Thrown on, it would become "Corrupt sstable; skipping table".
      logger.error("Start stopped: {}", refused.getMessage());
      JVMStabilityInspector.killCurrentJVM(refused, false);
    }
    return refused;
  }

  private static String message(Descriptor descriptor, TableMetadata table) {
    return "%s is in clear, and table %s.%s is protected: require_encrypted refuses it. If it belongs there, set require_encrypted: false, start, run nodetool upgradesstables -a %s %s and set it again; if not, remove the SSTable"
        .formatted(
            descriptor.fileFor(Components.DATA),
            table.keyspace,
            table.name,
            table.keyspace,
            table.name);
  }

  private static boolean isInClear(SSTableReader reader) {
    try {
      return !(reader.descriptor instanceof EncryptedDescriptor sealed) || sealed.keys().isPlain();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * While a node starts: stops it if an open table has an SSTable in clear that it may not have.
   * Called when an SSTable is begun, which every start does before it opens CQL.
   */
  static void checkStart() {
    if (isOn() && !StorageService.instance.isDaemonSetupCompleted()) {
      look();
    }
  }

  /** Watches tables that are new, and alarms of what stands in clear, as after an ALTER. */
  static void look() {
    if (!isOn() || !Keyspace.isInitialized()) {
      return;
    }
    for (String name : Schema.instance.getKeyspaces()) {
      Keyspace keyspace = Schema.instance.getKeyspaceInstance(name);
      if (keyspace != null) {
        for (ColumnFamilyStore table : keyspace.getColumnFamilyStores()) {
          table.concatWithIndexes().forEach(PlaintextGuard::look);
        }
      }
    }
  }

  private static void look(ColumnFamilyStore store) {
    Tracker tracker = store.getTracker();
    PlaintextGuard guard = new PlaintextGuard(store.metadata);
    if (WATCHED.putIfAbsent(tracker, guard) == null) {
      tracker.subscribe(guard);
    }
    for (SSTableReader reader : store.getLiveSSTables()) {
      TableMetadata table = store.metadata.getLocal();
      if (isInClear(reader) && Protection.of(table) != null) {
        if (!StorageService.instance.isDaemonSetupCompleted()) {
          throw refuse(reader.descriptor, table);
        }
        alarm(message(reader.descriptor, table), table);
        return;
      }
    }
  }

  private static void alarm(String message, TableMetadata table) {
    long now = System.nanoTime();
    Long last = ALARMED.get(table.toString());
    if (last == null || now - last > AGAIN.toNanos()) {
      ALARMED.put(table.toString(), now);
      logger.error("PLAINTEXT: {}", message);
    }
  }

  /**
   * Refuses what comes from elsewhere. A flush that began before an ALTER protected the table is
   * alarmed of: its rows are the node's own, and an exception would leave memtable and commit log
   * as they are until the node restarts (docs/RULES.md R20).
   */
  @Override
  public void handleNotification(INotification notification, Object sender) {
    if (notification instanceof SSTableAddedNotification added) {
      TableMetadata now = table.getLocal();
      for (SSTableReader reader : added.added) {
        if (isInClear(reader) && Protection.of(now) != null) {
          String message = message(reader.descriptor, now);
          logger.error("PLAINTEXT: {}", message);
          if (added.memtable().isEmpty()) {
            throw new PlaintextRefusedException(message);
          }
        }
      }
    }
  }
}
