package io.cassandratde.sstable.cassandra.operations;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.cache.Fences;
import io.cassandratde.keys.cache.KeyCache;
import io.cassandratde.keys.runtime.TdeRuntime;
import io.cassandratde.sstable.cassandra.configuration.RecordedBean;
import io.cassandratde.sstable.format.carrier.KeyCanary;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.cassandra.db.virtual.VirtualTable;
import org.apache.cassandra.utils.MBeanWrapper;
import org.apache.cassandra.utils.MBeanWrapper.OnException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The bean. */
public final class KeyOperations implements KeyOperationsMXBean, AutoCloseable {

  private static final Logger logger = LoggerFactory.getLogger(KeyOperations.class);

  private final TdeRuntime runtime;
  private final Operations operations = new Operations(this::ended);
  private final ConcurrentHashMap<NamedKey, FencedKey> fenced = new ConcurrentHashMap<>();

  /** Of a daemon; reached by nobody before {@link #register}. */
  public KeyOperations(TdeRuntime runtime) {
    this.runtime = runtime;
  }

  /** Registers the bean; what fails of that is logged, for no table waits for it. */
  public void register() {
    try {
      unregister();
      KeyOperationsMXBean recorded = RecordedBean.of(KeyOperationsMXBean.class, this, runtime);
      MBeanWrapper.instance.registerMBean(recorded, NAME, OnException.LOG);
    } catch (RuntimeException | LinkageError e) {
      logger.warn("Registering {} failed; encryption goes on without it", NAME, e);
    }
  }

  /** What shows them to whoever asks in CQL. */
  public VirtualTable table() {
    return new OperationsTable(operations);
  }

  /** For the audit log, which has the beginning already: the result of that call is the id. */
  private void ended(Operation operation) {
    Progress.Standing end = operation.standing();
    runtime.record(
        operation.kind() + "-ended",
        operation.key().group(),
        operation.key().keyId(),
        Map.of(
            "id", operation.id(),
            "state", String.valueOf(end.state()),
            "failures", end.failureCount()),
        null);
  }

  private static void unregister() {
    MBeanWrapper.instance.unregisterMBean(NAME, OnException.IGNORE);
  }

  private KeyCache keys() {
    return runtime.keys();
  }

  private NamedKey key(String group, String keyId) {
    return NamedKey.of(runtime.config(), group, keyId);
  }

  @Override
  public KeyCheck checkKey(String group, String keyId) {
    NamedKey named = key(group, keyId);
    DataKey fetched = keys().fetchApart(named.hint(), named.reference());
    try {
      KeyCanary.requireOpens(fetched, runtime.hkdf(), runtime.cryptoProvider());
      return new KeyCheck(named, fetched);
    } finally {
      fetched.retire();
    }
  }

  @Override
  public synchronized FencedKey fence(String group, String keyId) {
    NamedKey named = key(group, keyId);
    Instant since = put(named);
    FencedKey before = fenced.get(named);
    String id = before == null ? UUID.randomUUID().toString() : before.getId();
    AtomicLong needing = new AtomicLong();
    int found =
        LiveSSTables.needing(
                named, LiveSSTables.tables(List.of()), (sstable, why) -> needing.incrementAndGet())
            .size();
    if (needing.addAndGet(found) == 0) {
      var unused = keys().evict(named.fenced());
    }
    FencedKey status = new FencedKey(named, id, since, needing.get());
    fenced.put(named, status);
    logger.info(
        "{} is fenced on this node: nothing new is sealed or opened under it until a restart or"
            + " unfence; {} live SSTables need it",
        named,
        needing);
    return status;
  }

  /** By all names of its group, or by none. */
  private Instant put(NamedKey named) {
    List<Fences.Key> put = new ArrayList<>();
    Instant since = Instant.MAX;
    try {
      for (Fences.Key each : named.fenced()) {
        Instant moment = keys().fences().put(each).since();
        since = moment.isBefore(since) ? moment : since;
        put.add(each);
      }
      return since;
    } catch (IllegalStateException stillCurrent) {
      put.forEach(keys().fences()::end);
      fenced.remove(named);
      throw stillCurrent;
    }
  }

  @Override
  public synchronized boolean unfence(String group, String keyId) {
    NamedKey named = key(group, keyId);
    boolean ended = false;
    for (Fences.Key each : named.fenced()) {
      ended |= keys().fences().end(each);
    }
    fenced.remove(named);
    if (ended) {
      logger.info("The fence of {} has ended", named);
    }
    return ended;
  }

  @Override
  public List<FencedKey> getFences() {
    return List.copyOf(fenced.values());
  }

  @Override
  public String rewrap(String group, String keyId, List<String> tables) {
    NamedKey named = replaceable(group, keyId, tables);
    return operations.start(new Rewrap(named, tables));
  }

  @Override
  public String rewrite(String group, String keyId, List<String> tables, int jobs) {
    if (jobs < 0) {
      throw new IllegalArgumentException("jobs: 0 or more, not " + jobs);
    }
    NamedKey named = replaceable(group, keyId, tables);
    return operations.start(new Rewrite(named, tables, jobs));
  }

  @Override
  public String release(String group, String keyId) {
    NamedKey named = replaceable(group, keyId, List.of());
    return operations.start(new Release(named, keys()));
  }

  /** Refuses what could only fail. */
  private NamedKey replaceable(String group, String keyId, List<String> tables) {
    NamedKey named = key(group, keyId);
    var unused = LiveSSTables.tables(tables);
    keys()
        .sealing()
        .forEach(
            (spec, current) -> {
              if (named.matches(current)) {
                throw new IllegalStateException(stillSeals(named, spec));
              }
            });
    return named;
  }

  private static String stillSeals(NamedKey named, KeySpec spec) {
    return named
        + " is the current key of "
        + spec
        + " on this node, so what is written anew would need it again: revoke it, or make another"
        + " key, and wait until the node has that (refreshKeys of io.cassandratde:type=Keys)";
  }

  @Override
  public List<OperationStatus> getOperations() {
    return operations.all().stream().map(OperationStatus::new).toList();
  }

  @Override
  public boolean cancel(String id) {
    return operations.cancel(id);
  }

  @Override
  public void close() {
    unregister();
    operations.close();
  }
}
