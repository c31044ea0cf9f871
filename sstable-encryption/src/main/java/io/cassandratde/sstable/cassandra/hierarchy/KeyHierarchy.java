package io.cassandratde.sstable.cassandra.hierarchy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.config.ReplicatedKeysConfig;
import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.keys.replicated.DataKeyState;
import io.cassandratde.keys.replicated.DataKeys;
import io.cassandratde.keys.replicated.KeyLine;
import io.cassandratde.keys.replicated.KeyTable;
import io.cassandratde.keys.runtime.TdeRuntime;
import io.cassandratde.sstable.cassandra.configuration.RecordedBean;
import io.cassandratde.sstable.cassandra.control.Cluster;
import io.cassandratde.sstable.cassandra.control.ControlUnavailableException;
import io.cassandratde.sstable.cassandra.control.EncryptionControl;
import io.cassandratde.sstable.cassandra.inventory.KeyInventory.KeyedSSTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The bean, and what stands behind it: {@link HierarchyWatch} does what nobody asks for. */
public final class KeyHierarchy implements KeyHierarchyMXBean, AutoCloseable {

  private static final Logger logger = LoggerFactory.getLogger(KeyHierarchy.class);

  /** How long the first master key of a name waits for reports: several rounds of the others. */
  private static final Duration AGREEMENT = Duration.ofSeconds(30);

  private final TdeRuntime runtime;
  private final EncryptionControl control;
  private final MasterSources sources;
  private final MasterKeyRows rows;
  private final HeldMasterKeys held;
  private final MasterKeyVersions masters;
  private final CqlKeyTable table;
  private final HierarchyWatch watch;

  private KeyHierarchy(
      TdeRuntime runtime, EncryptionControl control, Supplier<List<KeyedSSTable>> sstables) {
    this.runtime = runtime;
    this.control = control;
    this.sources = new ConfiguredMasters(runtime);
    InstantSource clock = InstantSource.system();
    this.rows = new MasterKeyRows(control.statements());
    ReplicatedKeysConfig config = runtime.config().replicatedKeys();
    SeenVersions seen = new SeenVersions(config == null ? null : config.directory());
    this.held = new HeldMasterKeys(rows, sources, Cluster::self, Cluster::address, clock, seen);
    this.masters =
        new MasterKeyVersions(
            rows,
            held,
            seen,
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
    this.watch = new HierarchyWatch(runtime, control, sstables, rows, held, masters, table);
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
      bean.watch.registerGauges();
    } catch (RuntimeException | LinkageError e) {
      logger.warn("Registering {} failed; encryption goes on without it", NAME, e);
    }
    runtime.useKeyTable(bean.table);
    control.onRound(bean.watch::round);
    return bean;
  }

  private static void unregister() {
    MBeanWrapper.instance.unregisterMBean(NAME, OnException.IGNORE);
  }

  /** Its tables of the virtual keyspace. */
  public List<VirtualTable> tables() {
    return watch.tables();
  }

  @Override
  public List<DataKeyStatus> getDataKeys() {
    return told(
        () ->
            HierarchyWatch.isThere()
                ? new HierarchyView(table.allWithWraps(), rows.all()).dataKeys()
                : List.of());
  }

  @Override
  public List<MasterKeyStatus> getMasterKeys() {
    return told(
        () ->
            HierarchyWatch.isThere()
                ? watch.statuses(new HierarchyView(List.of(), rows.all()))
                : List.of());
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
                    "this cluster has no master key %s, proposed or active: have its nodes given the key, then run 'cassandra-tde masterkey propose %s'. Each cluster, a standby one too, agrees on its master keys by itself"
                        .formatted(name, name));
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
  public int proposeFormerMaster(String name) {
    return told(() -> masters.proposeFormer(name, sources.of(name)).version());
  }

  /**
   * Clients of the bean have none of our classes. An outage is told by its own type: nothing was
   * refused, and the same call may do later.
   */
  private static <T> T told(Supplier<T> work) {
    return told(Cluster.isServing(), work);
  }

  static <T> T told(boolean serves, Supplier<T> work) {
    if (!serves) {
      throw outage("this node has not started yet: ask again when it serves");
    }
    try {
      return work.get();
    } catch (KeyUnavailableException | ControlUnavailableException e) {
      throw outage(String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException | IllegalStateException known) {
      throw known;
    } catch (RuntimeException e) {
      throw new IllegalStateException(String.valueOf(e.getMessage()));
    }
  }

  private static UncheckedIOException outage(String why) {
    return new UncheckedIOException(new IOException(why));
  }

  @Override
  public void close() {
    unregister();
    watch.close();
    runtime.useKeyTable(KeyTable.NONE);
  }
}
