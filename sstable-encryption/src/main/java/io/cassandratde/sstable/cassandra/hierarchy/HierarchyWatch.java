package io.cassandratde.sstable.cassandra.hierarchy;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.config.ReplicatedKeysConfig;
import io.cassandratde.keys.config.RotationRule;
import io.cassandratde.keys.replicated.KeyTable;
import io.cassandratde.keys.replicated.Rotation;
import io.cassandratde.keys.rotation.Sealed;
import io.cassandratde.keys.runtime.TdeRuntime;
import io.cassandratde.sstable.cassandra.control.Cluster;
import io.cassandratde.sstable.cassandra.control.ControlKeyspace;
import io.cassandratde.sstable.cassandra.control.EncryptionControl;
import io.cassandratde.sstable.cassandra.inventory.KeyInventory.KeyedSSTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.cassandra.db.virtual.VirtualTable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * In each round of the control: what this node sees of the keys, for gauges and virtual tables;
 * what it tells others of master keys; and keys whose time has come.
 */
final class HierarchyWatch implements AutoCloseable {

  private static final Logger logger = LoggerFactory.getLogger(HierarchyWatch.class);

  private static final long DATA_KEYS_NANOS = Duration.ofSeconds(15).toNanos();

  /** Cassandra's default, 16 KiB. */
  private static final long CHUNK = 16 * 1024;

  private static final long ROTATION_NANOS = Duration.ofMinutes(1).toNanos();

  private final TdeRuntime runtime;
  private final EncryptionControl control;
  private final Supplier<List<KeyedSSTable>> sstables;
  private final MasterKeyRows rows;
  private final HeldMasterKeys held;
  private final MasterKeyVersions masters;
  private final CqlKeyTable table;
  private final HierarchyGauges gauges;
  private final @Nullable Rotation rotation;
  private volatile HierarchyView last = HierarchyView.NONE;
  private volatile List<MasterKeyStatus> lastMasters = List.of();
  private volatile Map<String, Integer> missingReplicas = Map.of();
  private long dataKeysAt;
  private long rotationAt;
  private List<RotationRule> lookedBy = List.of();

  HierarchyWatch(
      TdeRuntime runtime,
      EncryptionControl control,
      Supplier<List<KeyedSSTable>> sstables,
      MasterKeyRows rows,
      HeldMasterKeys held,
      MasterKeyVersions masters,
      CqlKeyTable table) {
    this.runtime = runtime;
    this.control = control;
    this.sstables = sstables;
    this.rows = rows;
    this.held = held;
    this.masters = masters;
    this.table = table;
    this.rotation = runtime.rotation(key -> sealed(key.reference()));
    runtime.sealedBy(this::sealed);
    this.gauges =
        new HierarchyGauges(
            () -> last,
            () -> (rotation == null ? 0 : rotation.troubled()) + runtime.overdueInGroups(),
            () -> missingReplicas.values().stream().mapToInt(Integer::intValue).sum(),
            () -> held.lacking(last));
    this.rotationAt = System.nanoTime() - ROTATION_NANOS;
    this.dataKeysAt = System.nanoTime() - DATA_KEYS_NANOS;
  }

  void registerGauges() {
    gauges.register();
  }

  static boolean isThere() {
    return ControlKeyspace.exists(ControlKeyspace.HIERARCHY);
  }

  /**
   * The tables are created when a node that may use replicated keys begins to serve, before any
   * data waits for one: see {@link KeyTable#requireThere}.
   */
  void round() {
    if (runtime.config().replicatedKeys() != null) {
      control.keyspace().create();
    }
    if (!isThere()) {
      return;
    }
    HierarchyView view = new HierarchyView(last.keys(), rows.all());
    if (System.nanoTime() - dataKeysAt >= DATA_KEYS_NANOS) {
      view = new HierarchyView(table.allWithWraps(), view.masters());
      dataKeysAt = System.nanoTime();
    }
    for (String name : view.names()) {
      List<MasterKeyVersion> versions = view.of(name);
      MasterKeyVersion open = MasterKeyVersions.open(versions);
      MasterKeyVersion active = MasterKeyVersions.active(versions);
      if (open != null) {
        held.report(open);
      }
      if (active != null) {
        held.report(active);
      }
    }
    last = view;
    lastMasters = statuses(view);
    tellMissingReplicas();
    Rotation scheduled = rotation;
    ReplicatedKeysConfig config = runtime.config().replicatedKeys();
    List<RotationRule> rules = config == null ? List.of() : config.rotation();
    // Rules that came by a reload are not waited for.
    boolean due = System.nanoTime() - rotationAt >= ROTATION_NANOS || !rules.equals(lookedBy);
    if (scheduled != null && due) {
      rotationAt = System.nanoTime();
      lookedBy = rules;
      var unused = scheduled.round();
    }
  }

  /** The keyspace may be as old as the cluster's first node, and have one replica. */
  private void tellMissingReplicas() {
    Map<String, Integer> missing = ControlKeyspace.missingReplicas();
    if (!missing.isEmpty() && !missing.equals(missingReplicas)) {
      logger.error(
          "Keyspace {} has too few replicas (more are needed, by data centre: {}): no data key can be made while a replica is down."
              + " ALTER KEYSPACE, then `nodetool repair --full {}` on every node",
          ControlKeyspace.NAME,
          missing,
          ControlKeyspace.NAME);
    }
    missingReplicas = missing;
  }

  private Sealed sealed(KeyReference key) {
    return sealed(sstables.get(), key);
  }

  /** What live SSTables of this node hold under a key; chunks are not counted one by one. */
  static Sealed sealed(List<KeyedSSTable> sstables, KeyReference key) {
    long bytes =
        sstables.stream()
            .filter(each -> each.keys().containsKey(key))
            .mapToLong(KeyedSSTable::bytes)
            .sum();
    return new Sealed(bytes, bytes / CHUNK);
  }

  List<MasterKeyStatus> statuses(HierarchyView view) {
    Map<UUID, String> members = Cluster.members();
    List<MasterKeyStatus> statuses = new ArrayList<>();
    for (String name : view.names()) {
      List<MasterKeyVersion> versions = view.of(name);
      MasterKeyVersion active = MasterKeyVersions.active(versions);
      for (MasterKeyVersion version : versions) {
        statuses.add(HierarchyView.status(version, active, masters.agreement(version, members)));
      }
    }
    return List.copyOf(statuses);
  }

  /** Its tables of the virtual keyspace. */
  List<VirtualTable> tables() {
    return List.of(
        new DataKeysTable(() -> last.dataKeys(), sstables),
        new MasterKeysTable(() -> lastMasters),
        new HierarchyTable(() -> last.dataKeys(), sstables));
  }

  @Override
  public void close() {
    gauges.close();
  }
}
