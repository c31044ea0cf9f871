package io.cassandratde.sstable.cassandra;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.HeldKey;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.cache.CurrentKey;
import io.cassandratde.keys.cache.Patience;
import io.cassandratde.keys.config.ConfigException;
import io.cassandratde.keys.replicated.DataKeys;
import io.cassandratde.keys.runtime.TdeRuntime;
import io.cassandratde.sstable.cassandra.configuration.Configuration;
import io.cassandratde.sstable.cassandra.control.EncryptionControl;
import io.cassandratde.sstable.cassandra.hierarchy.KeyHierarchy;
import io.cassandratde.sstable.cassandra.inventory.KeyInventory;
import io.cassandratde.sstable.cassandra.operations.KeyOperations;
import io.cassandratde.sstable.format.ChunkOpener;
import io.cassandratde.sstable.format.KeyFinder;
import io.cassandratde.sstable.format.Salts;
import io.cassandratde.sstable.format.SessionLimits;
import io.cassandratde.sstable.format.SessionPool;
import io.cassandratde.sstable.format.SubkeyCache;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.cassandra.config.DatabaseDescriptor;
import org.apache.cassandra.db.Keyspace;
import org.apache.cassandra.db.virtual.VirtualTable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all compressors of a process share: pools of sealing sessions per key spec, the cache of
 * subkeys, staging memory. Opened on first use over {@link TdeRuntime}; tables with equal specs
 * share one pool.
 */
public final class CodecRuntime {

  private static final Logger logger = LoggerFactory.getLogger(CodecRuntime.class);

  /** About 250 bytes each; one per sealing session whose chunks are being read. */
  private static final int SUBKEYS = 8192;

  private static final int SWEEP_SECONDS = 10;

  private static volatile @Nullable CodecRuntime instance;

  private final TdeRuntime runtime;
  private final Map<KeySpec, SessionPool> pools = new ConcurrentHashMap<>();
  private final Set<KeySpec> logSpecs = ConcurrentHashMap.newKeySet();
  private final SubkeyCache subkeys = new SubkeyCache(SUBKEYS);
  private final ChunkOpener opener;
  private final Salts salts = Salts.ofOperatingSystem();
  private final ThreadLocal<Workspace> workspaces = ThreadLocal.withInitial(Workspace::new);
  private final KeyMonitor monitor;
  private final @Nullable KeyOperations operations;
  private final @Nullable EncryptionControl control;
  private final @Nullable KeyHierarchy hierarchy;
  private final @Nullable KeyInventory inventory;
  private final LocalOverrides overrides = new LocalOverrides(System::nanoTime, logger::error);
  private final ReadableElsewhere readable = new ReadableElsewhere(logger::warn);
  private final Runnable stopListening;
  private final List<Runnable> sweeps = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService sweeper;
  private volatile @Nullable Configuration configuration;

  private CodecRuntime(TdeRuntime runtime) {
    this.runtime = runtime;
    this.opener =
        new ChunkOpener(
            reference -> {
              throw new IllegalStateException("no table to ask for " + reference);
            },
            subkeys,
            runtime.cryptoProvider());
    this.stopListening = runtime.keys().onEviction(this::forget);
    this.monitor = KeyMonitor.open(runtime.keys(), DatabaseDescriptor.isDaemonInitialized());
    if (DatabaseDescriptor.isDaemonInitialized()) {
      KeyOperations ours = new KeyOperations(runtime);
      EncryptionControl shared = EncryptionControl.open(runtime);
      this.operations = ours;
      this.control = shared;
      KeyHierarchy keys = KeyHierarchy.open(runtime, shared, this::liveSSTables);
      this.hierarchy = keys;
      List<VirtualTable> tables = new ArrayList<>(List.of(ours.table(), shared.table()));
      tables.addAll(keys.tables());
      this.inventory = KeyInventory.open(runtime, tables);
      DataKeys replicated = runtime.dataKeys();
      if (replicated != null) {
        replicated.neededBy(this::need);
      }
    } else {
      this.operations = null;
      this.control = null;
      this.hierarchy = null;
      this.inventory = null;
    }
    this.sweeper =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "tde-session-sweeper");
              thread.setDaemon(true);
              return thread;
            });
    var unused =
        sweeper.scheduleWithFixedDelay(this::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
  }

  /**
   * The process's codec.
   *
   * @throws io.cassandratde.keys.KeyConfigException when the configuration is absent or wrong
   */
  public static CodecRuntime get() {
    TdeRuntime now = configured();
    CodecRuntime there = instance;
    return there != null && there.runtime == now ? there : open(now);
  }

  private static TdeRuntime configured() {
    try {
      return TdeRuntime.get();
    } catch (KeyConfigException e) {
      OfflineTool.endIfRunning(String.valueOf(e.getMessage()));
      throw e;
    }
  }

  private static synchronized CodecRuntime open(TdeRuntime runtime) {
    CodecRuntime there = instance;
    if (there != null && there.runtime == runtime) {
      return there;
    }
    if (there != null) {
      there.close();
    }
    openLocalKeyCache(runtime);
    CodecRuntime opened = new CodecRuntime(runtime);
    // Before anybody else gets to it: whoever opens a table now waits for the verdict.
    StartUpCheck.runIfStarting(runtime);
    instance = opened;
    opened.openOperations();
    logger.info(
        "cassandra-tde {} ready: crypto provider {} {}, configuration {}",
        version(),
        runtime.cryptoProvider().getName(),
        runtime.cryptoProvider().getVersionStr(),
        runtime.config().file());
    return opened;
  }

  /**
   * Nodes only, and before the first key is asked for. An offline tool may run as another user, and
   * would leave files that the node refuses.
   */
  private static void openLocalKeyCache(TdeRuntime runtime) {
    if (!DatabaseDescriptor.isDaemonInitialized()) {
      return;
    }
    runtime.startAudit("node " + version());
    try {
      runtime.requirePins();
      runtime.openLocalKeyCache(DatabaseDescriptor.getClusterName());
      runtime.openCopies();
    } catch (ConfigException e) {
      String message = String.valueOf(e.getMessage());
      StartUpCheck.haltIfStarting("Start stopped, with nothing changed: " + message, e);
      throw new KeyConfigException(message);
    }
  }

  private static String version() {
    String version = CodecRuntime.class.getPackage().getImplementationVersion();
    return version == null ? "(unpackaged)" : version;
  }

  /**
   * The pool that seals for this spec; from now on its current key is kept fresh in the background.
   */
  SessionPool pool(KeySpec spec) {
    return pools.computeIfAbsent(spec, this::newPool);
  }

  /** As {@link #pool}, for commit log or hints, which no definition of a table accounts for. */
  SessionPool logPool(KeySpec spec) {
    logSpecs.add(spec);
    return pool(spec);
  }

  private SessionPool newPool(KeySpec spec) {
    CurrentKey current = runtime.keys().current(spec);
    int slots = Math.min(64, 2 * Runtime.getRuntime().availableProcessors());
    return new SessionPool(
        () -> sealing(current).get(patience()),
        runtime.cryptoProvider(),
        SessionLimits.DEFAULTS,
        System::nanoTime,
        salts,
        slots);
  }

  /**
   * Sealing threads are flush, compaction and streaming: they wait for a key, as a flush that
   * throws stays stuck until restart (docs/RULES.md R20). A tool had better end with the message.
   */
  private static Patience patience() {
    return DatabaseDescriptor.isDaemonInitialized() ? Patience.WAIT : Patience.FAIL;
  }

  /** Before it is waited for. */
  private CurrentKey sealing(CurrentKey current) {
    if (current.peek() == null && current.spec().provider() == ProviderKind.REPLICATED) {
      StartUpCheck.requireCopyIfStarting(runtime, current.spec());
    }
    return current;
  }

  /** For whoever uses an SSTable since there were so many fences. */
  ChunkOpener opener(KeySpec hint, long fences) {
    return opener.with(keyFinder(hint, fences));
  }

  /**
   * Waits for a key during an outage, up to {@code startup_key_wait}; other reasons for its absence
   * end the wait at once.
   */
  void awaitKey(KeySpec hint, KeyReference reference) {
    var unused = runtime.keys().awaitOpeningKey(hint, reference, runtime.config().startupKeyWait());
  }

  public Workspace workspace() {
    return workspaces.get();
  }

  /** The key that seals for this spec now; waits for it as sealing threads do. */
  public DataKey currentKey(KeySpec spec) {
    return sealing(runtime.keys().current(spec)).get(patience());
  }

  /** As {@link #currentKey}, held against wiping until the lease is closed. */
  public DataKey.Lease currentKeyLease(KeySpec spec) {
    return sealing(runtime.keys().current(spec)).lease(patience());
  }

  /**
   * Finds keys by the references that sealed data names.
   *
   * <p>An outage fails a query; readers that take any failure for corruption wait for the key first
   * and then must not go on, as a node that starts (docs/RULES.md R21 to R23). A program in the
   * foreground does not wait.
   */
  public KeyFinder keyFinder(KeySpec hint) {
    return keyFinder(hint, runtime.keys().fences().count());
  }

  /**
   * As {@link #keyFinder(KeySpec)}, for whoever uses an SSTable since there were so many fences: a
   * later one does not stop him (docs/RULES.md R25).
   */
  public KeyFinder keyFinder(KeySpec hint, long fences) {
    return new PatientFinder(this, hint, fences);
  }

  /** Seals something new. */
  public interface Sealing<T, E extends Exception> {
    T seal() throws E;
  }

  /**
   * Has something sealed by the current key of this spec. While that is held by somebody who is
   * away, sealing threads wait as they do for a first key.
   *
   * @param sealing takes the current key itself, which may be another by the next attempt
   */
  public <T, E extends Exception> T sealing(KeySpec spec, Sealing<T, E> sealing) throws E {
    boolean waits = patience() == Patience.WAIT && currentKey(spec) instanceof HeldKey;
    return waits ? HeldKeyWait.sealing(spec, sealing) : sealing.seal();
  }

  /** How many keys were fenced so far, in the runtime that is open. */
  static long fences() {
    CodecRuntime there = instance;
    return there == null ? 0 : there.runtime.keys().fences().count();
  }

  public TdeRuntime runtime() {
    return runtime;
  }

  /** An evicted key opens and seals nothing more through what was derived from it. */
  private void forget(KeyReference evicted) {
    subkeys.drop(evicted);
    pools.values().forEach(pool -> pool.end(evicted));
  }

  /** Has this done every 10 seconds, besides. */
  public void onSweep(Runnable task) {
    sweeps.add(task);
  }

  void sweep() {
    try {
      pools.values().forEach(SessionPool::sweep);
      restUnused();
      overrides.look();
      readable.look(runtime.config().policy());
      monitor.update();
      sweeps.forEach(Runnable::run);
    } catch (RuntimeException | Error e) {
      // Thrown on, it would end the timer for good and in silence.
      logger.warn("Sweeping idle sealing sessions failed; it is tried again", e);
    }
  }

  /**
   * A dropped or altered table's key is looked after no more. By the schema and not by what is
   * garbage, for Cassandra holds on to definitions of dropped tables. A flush or compaction of such
   * a table that still seals just has the key looked for again.
   */
  private void restUnused() {
    if (!DatabaseDescriptor.isDaemonInitialized() || !Keyspace.isInitialized()) {
      return;
    }
    Set<KeySpec> used = new HashSet<>(logSpecs);
    KeySpec byPolicy = runtime.config().policy().defaultKey();
    if (byPolicy != null) {
      used.add(byPolicy);
    }
    TableDefinitions.forEach(
        table -> {
          EncryptingCompressor compressor = TableGuard.encryptingCompressor(table);
          if (compressor != null) {
            used.add(compressor.spec());
          }
        });
    pools.keySet().stream().filter(spec -> !used.contains(spec)).forEach(runtime.keys()::rest);
  }

  private List<KeyInventory.KeyedSSTable> liveSSTables() {
    return inventory == null ? List.of() : inventory.liveSSTables();
  }

  private @Nullable String need(UUID keyId) {
    return inventory == null
        ? "what its files need is not known: the log has why"
        : inventory.need(keyId.toString());
  }

  private void openOperations() {
    if (operations != null) {
      operations.register();
      Configuration opened = Configuration.open(runtime);
      configuration = opened;
      onSweep(opened::look);
    }
  }

  private void close() {
    Configuration shown = configuration;
    if (shown != null) {
      shown.close();
    }
    if (operations != null) {
      operations.close();
    }
    if (hierarchy != null) {
      hierarchy.close();
    }
    if (control != null) {
      control.close();
    }
    sweeper.shutdownNow();
    stopListening.run();
    monitor.close();
    if (inventory != null) {
      inventory.close();
    }
    pools.values().forEach(SessionPool::close);
    subkeys.clear();
  }
}
