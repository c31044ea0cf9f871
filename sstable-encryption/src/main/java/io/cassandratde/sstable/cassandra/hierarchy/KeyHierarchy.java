package io.cassandratde.sstable.cassandra.hierarchy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.config.ReplicatedKeysConfig;
import io.cassandratde.keys.config.RotationRule;
import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.keys.replicated.DataKeyState;
import io.cassandratde.keys.replicated.DataKeys;
import io.cassandratde.keys.replicated.KeyLine;
import io.cassandratde.keys.replicated.KeyTable;
import io.cassandratde.keys.replicated.Rotation;
import io.cassandratde.keys.rotation.Sealed;
import io.cassandratde.keys.runtime.TdeRuntime;
import io.cassandratde.sstable.cassandra.configuration.RecordedBean;
import io.cassandratde.sstable.cassandra.control.Cluster;
import io.cassandratde.sstable.cassandra.control.ControlKeyspace;
import io.cassandratde.sstable.cassandra.control.EncryptionControl;
import io.cassandratde.sstable.cassandra.inventory.KeyInventory.KeyedSSTable;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.cassandra.db.virtual.VirtualTable;
import org.apache.cassandra.utils.MBeanWrapper;
import org.apache.cassandra.utils.MBeanWrapper.OnException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The bean; and in each round of the control, what this node tells others of master keys. */
public final class KeyHierarchy implements KeyHierarchyMXBean, AutoCloseable {

  private static final Logger logger = LoggerFactory.getLogger(KeyHierarchy.class);

  /** How long the first master key of a name waits for reports: several rounds of the others. */
  private static final Duration AGREEMENT = Duration.ofSeconds(30);

  private static final long DATA_KEYS_NANOS = Duration.ofSeconds(15).toNanos();

  /** Cassandra's default, 16 KiB. */
  private static final long CHUNK = 16 * 1024;

  private static final long ROTATION_NANOS = Duration.ofMinutes(1).toNanos();

  private final TdeRuntime runtime;
  private final EncryptionControl control;
  private final Supplier<List<KeyedSSTable>> sstables;
  private final MasterSources sources;
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

  private KeyHierarchy(
      TdeRuntime runtime, EncryptionControl control, Supplier<List<KeyedSSTable>> sstables) {
    this.runtime = runtime;
    this.control = control;
    this.sstables = sstables;
    this.sources = new ConfiguredMasters(runtime);
    InstantSource clock = InstantSource.system();
    this.rows = new MasterKeyRows(control.statements());
    this.held = new HeldMasterKeys(rows, sources, Cluster::self, Cluster::address, clock);
    this.masters =
        new MasterKeyVersions(
            rows,
            held,
            new MasterKeyVersions.Surroundings(
                Cluster::members,
                Cluster::live,
                Cluster::self,
                clock,
                System::nanoTime,
                time -> Thread.sleep(time.toMillis()),
                AGREEMENT));
    this.table =
        new CqlKeyTable(
            control.statements(), masters::active, CqlKeyTable.Surroundings.OF_NODE, clock);
    this.rotation = runtime.rotation(key -> sealed(key.reference()));
    runtime.sealedBy(this::sealed);
    this.gauges =
        new HierarchyGauges(
            () -> last,
            () -> (rotation == null ? 0 : rotation.overdue().size()) + runtime.overdueInGroups(),
            () -> missingReplicas.values().stream().mapToInt(Integer::intValue).sum());
    this.rotationAt = System.nanoTime() - ROTATION_NANOS;
    this.dataKeysAt = System.nanoTime() - DATA_KEYS_NANOS;
  }

  /**
   * Of a daemon. Registers the bean; what fails of that is logged, for no table waits for it.
   *
   * @param sstables of this node, for the virtual tables
   */
  public static KeyHierarchy open(
      TdeRuntime runtime, EncryptionControl control, Supplier<List<KeyedSSTable>> sstables) {
    KeyHierarchy bean = new KeyHierarchy(runtime, control, sstables);
    try {
      unregister();
      KeyHierarchyMXBean recorded = RecordedBean.of(KeyHierarchyMXBean.class, bean, runtime);
      MBeanWrapper.instance.registerMBean(recorded, NAME, OnException.LOG);
      bean.gauges.register();
    } catch (RuntimeException | LinkageError e) {
      logger.warn("Registering {} failed; encryption goes on without it", NAME, e);
    }
    runtime.useKeyTable(bean.table);
    control.onRound(bean::round);
    return bean;
  }

  private static void unregister() {
    MBeanWrapper.instance.unregisterMBean(NAME, OnException.IGNORE);
  }

  /**
   * The tables are created when a node that may use replicated keys begins to serve, before any
   * data waits for one: see {@link KeyTable#requireThere}.
   */
  private void round() {
    if (runtime.config().replicatedKeys() != null) {
      control.keyspace().create();
    }
    if (!ControlKeyspace.exists(ControlKeyspace.HIERARCHY)) {
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

  /** What live SSTables of this node hold under a key; chunks are not counted one by one. */
  private Sealed sealed(KeyReference key) {
    long bytes =
        sstables.get().stream()
            .filter(each -> each.keys().contains(key))
            .mapToLong(KeyedSSTable::bytes)
            .sum();
    return new Sealed(bytes, bytes / CHUNK);
  }

  private List<MasterKeyStatus> statuses(HierarchyView view) {
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
  public List<VirtualTable> tables() {
    return List.of(
        new DataKeysTable(() -> last.dataKeys(), sstables),
        new MasterKeysTable(() -> lastMasters),
        new HierarchyTable(() -> last.dataKeys(), sstables));
  }

  @Override
  public List<DataKeyStatus> getDataKeys() {
    return told(
        () ->
            isThere() ? new HierarchyView(table.allWithWraps(), rows.all()).dataKeys() : List.of());
  }

  @Override
  public List<MasterKeyStatus> getMasterKeys() {
    return told(() -> isThere() ? statuses(new HierarchyView(List.of(), rows.all())) : List.of());
  }

  private static boolean isThere() {
    return ControlKeyspace.exists(ControlKeyspace.HIERARCHY);
  }

  @Override
  public List<String> exportKeys() {
    return told(() -> new KeyExports(runtime, dataKeys()).wrapped());
  }

  @Override
  public List<String> exportKeysUnder(String master) {
    return told(() -> new KeyExports(runtime, dataKeys()).under(master));
  }

  @Override
  public List<String> exportKeysSealed(String publicKey) {
    return told(() -> new KeyExports(runtime, dataKeys()).sealed(publicKey));
  }

  @Override
  public String rotate(String master, String namespace, int bits, int expected) {
    KeyLine line = new KeyLine(master, namespace, CipherSpec.aes(bits));
    return told(() -> dataKeys().rotate(line, expected, null).keyId().toString());
  }

  @Override
  public boolean rewrap(String keyId) {
    return told(() -> dataKeys().rewrap(UUID.fromString(keyId)));
  }

  @Override
  public Map<String, String> checkWraps() {
    return told(
        () -> {
          Map<String, String> unsound = new TreeMap<>();
          dataKeys().unsound().forEach((key, why) -> unsound.put(key.toString(), why));
          return unsound;
        });
  }

  @Override
  public List<String> followTable() {
    return told(() -> dataKeys().follow().stream().map(UUID::toString).toList());
  }

  @Override
  public void mark(String keyId, String state) {
    var unused =
        told(
            () -> {
              dataKeys().mark(UUID.fromString(keyId), DataKeyState.valueOf(state));
              return true;
            });
  }

  @Override
  public void remove(String keyId, long retentionSeconds) {
    var unused =
        told(
            () -> {
              dataKeys().remove(UUID.fromString(keyId), Duration.ofSeconds(retentionSeconds));
              return true;
            });
  }

  @Override
  public int removeFormerWraps(String keyId) {
    return told(() -> dataKeys().removeFormerWraps(UUID.fromString(keyId)));
  }

  private DataKeys dataKeys() {
    DataKeys keys = runtime.dataKeys();
    if (keys == null) {
      throw new IllegalStateException(
          "this node's tde.yaml has no replicated_keys: ask a node that has");
    }
    return keys;
  }

  @Override
  public int proposeMaster(String name) {
    return told(
        () -> {
          control.keyspace().create();
          MasterKeys source = sources.of(name);
          MasterKeyVersion version = masters.propose(name, source);
          var unused = held.reportAnew(version, source);
          return version.version();
        });
  }

  @Override
  public void fetchMaster(String name) {
    String lacking =
        told(
            () -> {
              List<MasterKeyVersion> versions = rows.of(name);
              MasterKeyVersion open = MasterKeyVersions.open(versions);
              MasterKeyVersion active = MasterKeyVersions.active(versions);
              if (open == null && active == null) {
                throw new KeyConfigException(
                    "the cluster has no master key " + name + ", proposed or active");
              }
              StringBuilder failures = new StringBuilder();
              for (MasterKeyVersion version :
                  Stream.of(open, active).filter(Objects::nonNull).toList()) {
                MasterKeyReport report = held.reportAnew(version, sources.of(name));
                failures.append(
                    report.failure().isEmpty() ? "" : version + ": " + report.failure() + ". ");
              }
              return failures.toString();
            });
    if (!lacking.isEmpty()) {
      throw new IllegalStateException("this node does not have " + lacking.strip());
    }
  }

  @Override
  public void activateMaster(String name, int version, List<String> without) {
    var unused =
        told(
            () -> {
              masters.activate(name, version, without.stream().map(UUID::fromString).toList());
              return true;
            });
  }

  @Override
  public void abortMaster(String name, int version) {
    var unused =
        told(
            () -> {
              masters.abort(name, version);
              return true;
            });
  }

  @Override
  public int rollbackMaster(String name) {
    return told(() -> masters.rollback(name, sources.of(name)).version());
  }

  /** Clients of the bean have none of our classes. */
  private static <T> T told(Supplier<T> work) {
    if (!Cluster.isServing()) {
      throw new IllegalStateException("this node has not started yet: ask again when it serves");
    }
    try {
      return work.get();
    } catch (IllegalArgumentException | IllegalStateException known) {
      throw known;
    } catch (RuntimeException e) {
      throw new IllegalStateException(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    unregister();
    gauges.close();
    runtime.useKeyTable(KeyTable.NONE);
  }
}
