package io.cassandratde.sstable.cassandra.inventory;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.config.ReplicatedKeysConfig;
import io.cassandratde.keys.runtime.TdeRuntime;
import io.cassandratde.sstable.inventory.Depth;
import io.cassandratde.sstable.inventory.DiskInventory;
import io.cassandratde.sstable.inventory.GroupNames;
import io.cassandratde.sstable.inventory.Place;
import io.cassandratde.sstable.inventory.TableDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.cassandra.db.virtual.VirtualKeyspace;
import org.apache.cassandra.db.virtual.VirtualKeyspaceRegistry;
import org.apache.cassandra.db.virtual.VirtualTable;
import org.apache.cassandra.schema.KeyspaceMetadata;
import org.apache.cassandra.schema.Schema;
import org.apache.cassandra.utils.MBeanWrapper;
import org.apache.cassandra.utils.MBeanWrapper.OnException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows operators which keys this node's files need: {@link KeyInventoryMXBean}, the virtual
 * keyspace {@code system_encryption} and {@link InventoryGauges}. A thread of its own reads the
 * disk from time to time; whatever fails here is logged, and neither a start nor a query waits for
 * it.
 */
public final class KeyInventory implements KeyInventoryMXBean, AutoCloseable {

  private static final Logger logger = LoggerFactory.getLogger(KeyInventory.class);

  /** What a query shows is not older. */
  private static final Duration FRESH = Duration.ofSeconds(10);

  /** A start has other things to do. */
  private static final Duration FIRST = Duration.ofMinutes(1);

  private static final Duration AGAIN = Duration.ofMinutes(5);

  private final ServerInventory inventory;
  private final InventoryGauges gauges;
  private final ScheduledExecutorService timer;

  private KeyInventory(ServerInventory inventory) {
    this.inventory = inventory;
    this.gauges = new InventoryGauges(inventory);
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "tde-inventory");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Of a daemon, whose configuration is applied; reads nothing yet.
   *
   * @param others tables of the virtual keyspace that are not the inventory's own
   */
  public static @Nullable KeyInventory open(TdeRuntime runtime, List<VirtualTable> others) {
    KeyInventory[] opened = new KeyInventory[1];
    guarded(
        "opening",
        () -> opened[0] = open(new DiskInventory(directories(runtime)), runtime, FIRST, others));
    return opened[0];
  }

  /** Those of Cassandra, and that of this node's wrapped data keys. */
  private static Map<Place, List<Path>> directories(TdeRuntime runtime) {
    Map<Place, List<Path>> all = NodeDirectories.all();
    ReplicatedKeysConfig replicated = runtime.config().replicatedKeys();
    if (replicated != null) {
      all.put(Place.KEY_COPY, List.of(replicated.directory()));
    }
    return all;
  }

  static KeyInventory open(
      DiskInventory disk, TdeRuntime runtime, Duration first, List<VirtualTable> others) {
    KeyInventory shown = new KeyInventory(new ServerInventory(disk, runtime));
    guarded("registering the bean of", shown::register);
    guarded("registering the virtual tables of", () -> shown.registerTables(others));
    guarded("registering the gauges of", shown.gauges::register);
    var unused =
        shown.timer.scheduleWithFixedDelay(
            () -> {
              guarded("updating the gauges of", shown.gauges::updateHosts);
              guarded("reading", () -> shown.inventory.read(Depth.EDGES));
            },
            first.toMillis(),
            AGAIN.toMillis(),
            TimeUnit.MILLISECONDS);
    return shown;
  }

  private void register() {
    unregister();
    MBeanWrapper.instance.registerMBean(this, NAME, OnException.LOG);
  }

  private static void unregister() {
    MBeanWrapper.instance.unregisterMBean(NAME, OnException.IGNORE);
  }

  private void registerTables(List<VirtualTable> others) {
    List<VirtualTable> tables = new ArrayList<>(others);
    tables.add(new KeysTable(inventory, FRESH));
    tables.add(new KeyUsesTable(inventory, FRESH));
    tables.add(new SSTablesTable(inventory, FRESH));
    tables.add(new TablesTable(inventory, FRESH));
    tables.add(new OpenItemsTable(inventory, FRESH));
    tables.add(new KmipHostsTable(inventory.runtime().keys()));
    tables.add(new CertificatesTable(inventory.runtime()));
    VirtualKeyspaceRegistry.instance.register(new VirtualKeyspace(InventoryTable.KEYSPACE, tables));
  }

  private static void guarded(String what, Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | LinkageError e) {
      logger.warn("{} the inventory of keys failed; encryption goes on without it", what, e);
    }
  }

  @Override
  public @Nullable KeyInventoryReport getInventory() {
    ServerInventory.Reading last = inventory.last();
    return last == null ? null : new KeyInventoryReport(last);
  }

  @Override
  public KeyInventoryReport refresh() {
    return new KeyInventoryReport(inventory.read(Depth.HEADERS));
  }

  @Override
  public List<DataDirectoryStatus> dataDirectories(String keyId) {
    ServerInventory.Reading reading = inventory.notOlderThan(FRESH);
    return inventory.directories(Place.LIVE).stream()
        .map(directory -> DataDirectoryStatus.of(directory, reading.disk().live(), keyId))
        .toList();
  }

  @Override
  public List<TableDirectoryStatus> tableDirectories(String keyspace) {
    try {
      return TableDirectory.of(inventory.directories(Place.LIVE), keyspace).stream()
          .map(TableDirectoryStatus::new)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("the directories of " + keyspace + " cannot be read", e);
    }
  }

  @Override
  public List<String> tableIds(String keyspace) {
    KeyspaceMetadata known = Schema.instance.getKeyspaceMetadata(keyspace);
    List<String> ids = new ArrayList<>();
    if (known != null) {
      known.tablesAndViews().forEach(table -> ids.add(table.id.toString()));
    }
    return ids;
  }

  /** A live SSTable, and the keys that open it, each with the name of its group. */
  public record KeyedSSTable(
      String keyspace, String table, String path, long bytes, Map<KeyReference, String> keys) {}

  /** For tables that join them with what this node knows of their keys. */
  public List<KeyedSSTable> liveSSTables() {
    GroupNames groups = inventory.groups();
    return inventory.notOlderThan(FRESH).disk().live().stream()
        .map(
            sstable ->
                new KeyedSSTable(
                    InventoryTable.orEmpty(sstable.table().keyspace()),
                    InventoryTable.orEmpty(sstable.table().table()),
                    sstable.data().toString(),
                    sstable.bytes(),
                    InventoryTable.groups(groups, sstable.needs().keys())))
        .toList();
  }

  /**
   * What on this node needs a key, or may, for operators; null: nothing does, by a reading of all
   * that is on the disk. Any group's: a file may name the group by another name.
   */
  public @Nullable String need(String keyId) {
    ServerInventory.Reading reading = inventory.ofAllNotOlderThan(FRESH);
    for (KeyUseStatus use : reading.uses()) {
      if (use.getKeyId().equals(keyId)) {
        return "%d files of %s.%s (%s) need it"
            .formatted(use.getFiles(), use.getKeyspace(), use.getTable(), use.getPlace());
      }
    }
    if (inventory.currentKeys().stream().anyMatch(key -> key.keyId().equals(keyId))) {
      return "new data is sealed by it";
    }
    return reading.disk().open().stream()
        .findFirst()
        .map(
            item ->
                "not everything could be read, and what was not may need it: %s: %s"
                    .formatted(item.path(), item.what()))
        .orElse(null);
  }

  @Override
  public List<String> changeSegments() {
    List<String> names = new ArrayList<>();
    for (Path directory : inventory.directories(Place.CDC)) {
      try (Stream<Path> files = Files.list(directory)) {
        files.map(file -> String.valueOf(file.getFileName())).sorted().forEach(names::add);
      } catch (IOException e) {
        throw new UncheckedIOException(directory + " cannot be read", e);
      }
    }
    return names;
  }

  @Override
  public List<ClearFilesStatus> filesInClear(String keyspace) {
    return ClearFilesStatus.of(keyspace, inventory.notOlderThan(FRESH).disk());
  }

  /** The virtual tables stay: Cassandra forgets none, and another runtime's take their place. */
  @Override
  public void close() {
    timer.shutdownNow();
    guarded("ending", KeyInventory::unregister);
    guarded("ending", gauges::close);
  }
}
