package io.cassandratde.sstable.cassandra.control;

import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.kmip.KeyPublication;
import io.cassandratde.keys.runtime.TdeRuntime;
import io.cassandratde.sstable.cassandra.configuration.RecordedBean;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.cassandra.db.virtual.VirtualTable;
import org.apache.cassandra.utils.MBeanWrapper;
import org.apache.cassandra.utils.MBeanWrapper.OnException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The bean, and what it takes to have one current key on all nodes. */
public final class EncryptionControl implements EncryptionControlMXBean, AutoCloseable {

  private static final Logger logger = LoggerFactory.getLogger(EncryptionControl.class);

  /** Above what Cassandra gives a read, a write and a contended round of Paxos by default. */
  private static final Duration STATEMENT = Duration.ofSeconds(5);

  /** How long a live node may take to fetch a new key: several of its rounds, and an answer. */
  private static final Duration PUBLICATION = Duration.ofSeconds(30);

  /** Between two looks at what others propose; half of it to all of it, at random. */
  private static final long ROUND_MILLIS = 4_000;

  /** Until this node serves: what is to be there for its clients is made soon. */
  private static final long START_MILLIS = 250;

  private final TdeRuntime runtime;
  private final List<Runnable> rounds = new CopyOnWriteArrayList<>();
  private final ControlStatements statements = new ControlStatements(STATEMENT);
  private final ControlKeyspace keyspace = new ControlKeyspace(statements);
  private final BackupHolds holds;
  private final PublicationWatch watch;
  private final SharedPublication publication;
  private final ScheduledExecutorService timer;

  /** A spec whose election would have shared its key, had the keyspace been there. */
  private final AtomicReference<@Nullable KeySpec> wanted = new AtomicReference<>();

  private EncryptionControl(TdeRuntime runtime) {
    this.runtime = runtime;
    InstantSource clock = InstantSource.system();
    Publications publications = new Publications(statements, clock);
    this.holds = new BackupHolds(keyspace, statements, clock);
    this.watch = new PublicationWatch(runtime, publications, clock);
    this.publication =
        new SharedPublication(
            publications,
            this::openFor,
            new SharedPublication.Surroundings(
                () -> Cluster.isServing() && Cluster.hasOtherNodes(),
                Cluster::live,
                Cluster::self,
                System::nanoTime,
                time -> Thread.sleep(time.toMillis())),
            PUBLICATION);
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "tde-control");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Of a daemon. Registers the bean; what fails of that is logged, for no table waits for it. */
  public static EncryptionControl open(TdeRuntime runtime) {
    EncryptionControl bean = new EncryptionControl(runtime);
    try {
      unregister();
      EncryptionControlMXBean recorded =
          RecordedBean.of(EncryptionControlMXBean.class, bean, runtime);
      MBeanWrapper.instance.registerMBean(recorded, NAME, OnException.LOG);
    } catch (RuntimeException | LinkageError e) {
      logger.warn("Registering {} failed; encryption goes on without it", NAME, e);
    }
    runtime.publishBy(bean.publication);
    bean.scheduleRound();
    return bean;
  }

  private static void unregister() {
    MBeanWrapper.instance.unregisterMBean(NAME, OnException.IGNORE);
  }

  private void scheduleRound() {
    long pause =
        Cluster.isServing()
            ? ThreadLocalRandom.current().nextLong(ROUND_MILLIS / 2, ROUND_MILLIS)
            : START_MILLIS;
    if (!timer.isShutdown()) {
      var unused = timer.schedule(this::round, pause, TimeUnit.MILLISECONDS);
    }
  }

  private void round() {
    try {
      if (Cluster.isServing()) {
        guarded(this::publications);
        rounds.forEach(EncryptionControl::guarded);
      }
    } finally {
      scheduleRound();
    }
  }

  private void publications() {
    createIfWanted();
    if (ControlKeyspace.exists(ControlKeyspace.PUBLICATION)) {
      var unused = watch.round();
    }
  }

  private static void guarded(Runnable round) {
    try {
      round.run();
    } catch (ControlUnavailableException e) {
      logger.debug("What other nodes propose is not known now; it is asked again", e);
    } catch (RuntimeException | LinkageError e) {
      logger.warn("Looking at what other nodes propose failed; it is tried again", e);
    }
  }

  /** Has this done as well every few seconds while this node serves; a failure is logged. */
  public void onRound(Runnable round) {
    rounds.add(round);
  }

  public ControlStatements statements() {
    return statements;
  }

  public ControlKeyspace keyspace() {
    return keyspace;
  }

  /**
   * Never creates the keyspace during an election: altering the schema flushes tables of the
   * system, and Cassandra ends flushes in their order, so that one would wait, with the schema
   * locked, behind the flush that waits for the key. It is created once the key is there, for the
   * next election.
   */
  private void openFor(KeySpec spec) {
    if (!ControlKeyspace.exists(ControlKeyspace.PUBLICATION)) {
      wanted.set(spec);
      throw new ControlUnavailableException(
          "keyspace " + ControlKeyspace.NAME + " is not there yet, and is created after this");
    }
  }

  private void createIfWanted() {
    KeySpec spec = wanted.get();
    if (spec != null && runtime.keys().sealing().containsKey(spec)) {
      keyspace.create();
      wanted.set(null);
    }
  }

  @Override
  public List<KeyStageStatus> getKeyStages() {
    return told(
        () -> ControlKeyspace.exists(ControlKeyspace.PUBLICATION) ? watch.round() : List.of());
  }

  /** Its table of the virtual keyspace. */
  public VirtualTable table() {
    return new KeyStagesTable(watch::last);
  }

  @Override
  public void holdBackup(
      String name, String group, String keyId, String checkValue, String holdUntil, String note) {
    told(
        () -> {
          holds.hold(name, group, keyId, checkValue, holdUntil, note);
          return true;
        });
    logger.info("Key {} of group {} is held for backup {} until {}", keyId, group, name, holdUntil);
  }

  @Override
  public List<BackupHold> getBackupHolds() {
    return told(holds::all);
  }

  @Override
  public boolean releaseBackup(String name) {
    boolean released = told(() -> holds.release(name));
    if (released) {
      logger.info("Backup {} holds no key any more", name);
    }
    return released;
  }

  /** Clients of the bean have none of our classes. */
  private static <T> T told(ControlStatements.Work<T> work) {
    if (!Cluster.isServing()) {
      throw new IllegalStateException("this node has not started yet: ask again when it serves");
    }
    try {
      return work.run();
    } catch (ControlUnavailableException e) {
      throw new IllegalStateException(e.getMessage());
    }
  }

  @Override
  public void close() {
    unregister();
    runtime.publishBy(KeyPublication.NONE);
    timer.shutdown(); // no interrupt: it may be reading a file for Cassandra
    statements.close();
  }
}
