package io.cassandratde.tools.jmx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import javax.management.StandardMBean;
import javax.management.openmbean.TabularData;
import org.jspecify.annotations.Nullable;

/**
 * The MBeans of one node behind real JMX over RMI, failing on demand as no real node can be made
 * to. That a real node has these MBeans is for the end-to-end tests to show.
 */
public final class JmxNode implements AutoCloseable {
  private final JmxServer server;
  final String hostId;
  final Map<String, String> members = new LinkedHashMap<>();
  final List<String> live = new CopyOnWriteArrayList<>();
  private final Map<String, String> racks = new ConcurrentHashMap<>();
  final List<String> keyspaces = new ArrayList<>();

  /** Of this node, as it says itself. */
  public volatile String rack = "rack1";

  public volatile String mode = "NORMAL";

  /** As the node's cassandra.yaml has it. */
  public volatile String clusterName = "test cluster";

  /** What was asked, e.g. {@code upgrade ks.t excludeCurrent=false jobs=2}. */
  public final List<String> calls = Collections.synchronizedList(new ArrayList<>());

  /** Outcome by table name; 0 where there is none. */
  final Map<String, Outcome> outcomes = new ConcurrentHashMap<>();

  private final Map<String, AtomicLong> metrics = new ConcurrentHashMap<>();
  final CountDownLatch blocked = new CountDownLatch(1);
  final CountDownLatch stopped = new CountDownLatch(1);

  /** As Cassandra's bean gives them. */
  public volatile Map<String, TabularData> snapshots = Map.of();

  volatile List<Map<String, String>> compactions = List.of();
  public volatile int throughput = 64;

  /** What a snapshot of this name in these keyspaces does, and what clearing it does. */
  public volatile BiConsumer<String, List<String>> onSnapshot = (tag, keyspaces) -> {};

  public volatile BiConsumer<String, List<String>> onClear = (tag, keyspaces) -> {};

  /** What one call of upgradeSSTables does. */
  interface Outcome {
    int run(JmxNode node) throws Exception;
  }

  /** What the tool uses of Cassandra's interface of this name. */
  public interface EndpointSnitchInfoMBean {
    String getDatacenter(String host);

    @Nullable String getRack(String host);

    String getDatacenter();

    String getRack();
  }

  public interface GaugeMBean {
    Object getValue();
  }

  /** A gauge and a counter have one of these each. */
  public interface MetricMBean extends GaugeMBean {
    long getCount();
  }

  public JmxNode(String hostId) throws Exception {
    this(hostId, null);
  }

  JmxNode(String hostId, @Nullable String password) throws Exception {
    this.hostId = hostId;
    server = new JmxServer(password);
    server.bean(
        "org.apache.cassandra.db:type=StorageService", new Storage(), StorageServiceMBean.class);
    server.bean(
        "org.apache.cassandra.db:type=CompactionManager",
        new Compactions(),
        CompactionManagerMBean.class);
    server.bean(
        "org.apache.cassandra.db:type=EndpointSnitchInfo",
        new Snitch(),
        EndpointSnitchInfoMBean.class);
  }

  public String hostId() {
    return hostId;
  }

  public int port() {
    return server.port();
  }

  public String address() {
    return "127.0.0.1:" + server.port();
  }

  public JmxNode table(String keyspace, String table, int sstables, long bytes) throws Exception {
    if (!keyspaces.contains(keyspace)) {
      keyspaces.add(keyspace);
    }
    server.bean(
        "org.apache.cassandra.db:type=Tables,keyspace=" + keyspace + ",table=" + table,
        new Metric(0),
        MetricMBean.class);
    metric("Table", keyspace, table, "LiveSSTableCount", sstables);
    metric("Table", keyspace, table, "LiveDiskSpaceUsed", bytes);
    metric("Table", keyspace, table, "OldVersionSSTableCount", 0);
    metric("Table", keyspace, table, "CompactionBytesWritten", 77);
    return this;
  }

  /** An index with SSTables of its own, of an old version. */
  JmxNode oldIndex(String keyspace, String table, String index) throws Exception {
    metric("IndexTable", keyspace, table + "." + index, "OldVersionSSTableCount", 1);
    metric("IndexTable", keyspace, table + "." + index, "CompactionBytesWritten", 0);
    return this;
  }

  /** SSTables of the table are of an older version. */
  JmxNode old(String keyspace, String table, int sstables) {
    metrics(keyspace, table, "OldVersionSSTableCount").forEach(m -> m.set(sstables));
    return this;
  }

  /** As a compaction, or the rewrite itself, does it. */
  JmxNode compacted(String keyspace, String table, long bytes) {
    metrics(keyspace, table, "CompactionBytesWritten").forEach(m -> m.addAndGet(bytes));
    return this;
  }

  private void metric(String type, String keyspace, String scope, String name, long value)
      throws Exception {
    Metric metric = new Metric(value);
    server.bean(
        "org.apache.cassandra.metrics:type=%s,keyspace=%s,scope=%s,name=%s"
            .formatted(type, keyspace, scope, name),
        metric,
        MetricMBean.class);
    metrics.put(keyspace + "." + scope + " " + name, metric.value());
  }

  /** Of the table and its indexes. */
  private List<AtomicLong> metrics(String keyspace, String table, String name) {
    return metrics.entrySet().stream()
        .filter(m -> m.getKey().matches(keyspace + "\\." + table + "(\\.\\w+)? " + name))
        .map(Map.Entry::getValue)
        .toList();
  }

  /** What a node does with SSTables that the request means; no clock here, so without -t. */
  private void rewrite(String keyspace, String table, boolean excludeCurrent) {
    boolean old =
        metrics(keyspace, table, "OldVersionSSTableCount").stream().anyMatch(m -> m.get() > 0);
    boolean live = metrics(keyspace, table, "LiveSSTableCount").stream().anyMatch(m -> m.get() > 0);
    if (excludeCurrent ? old : live) {
      compacted(keyspace, table, 1000);
      old(keyspace, table, 0);
    }
  }

  /** The table's rewrite goes on until somebody stops it. */
  public void block(String table) {
    outcomes.put(
        table,
        node -> {
          node.blocked.countDown();
          node.stopped.await();
          throw new IllegalStateException("CompactionInterruptedException: stopped");
        });
  }

  public void awaitBlocked() throws InterruptedException {
    blocked.await();
  }

  public void drop(String keyspace) {
    keyspaces.remove(keyspace);
  }

  /** A gauge of Cassandra. */
  public void gauge(String name, Supplier<Object> value) throws Exception {
    server.bean(name, value::get, GaugeMBean.class);
  }

  public void bean(String name, Object bean) throws Exception {
    server.bean(name, bean);
  }

  public void removeBean(String name) throws Exception {
    server.removeBean(name);
  }

  /** A member that this node knows; its data centre is dc1. */
  public void member(String endpoint, String id, String rack, boolean up) {
    racks.put(endpoint, rack);
    var unused = member(endpoint, id, up);
  }

  /** Whether this node takes the member for alive. */
  public void alive(String endpoint, boolean alive) {
    live.remove(endpoint);
    if (alive) {
      live.add(endpoint);
    }
  }

  public <T> JmxNode mxbean(String name, T mbean, Class<T> type) throws Exception {
    server.bean(name, new StandardMBean(mbean, type, true));
    return this;
  }

  /** A further member of its cluster; JMX of one that is up is looked for at its address. */
  public JmxNode member(String endpoint, String id, boolean up) {
    members.put(endpoint, id);
    alive(endpoint, up);
    return this;
  }

  /** As a process that ends, and is started again: its JMX, at the same port. */
  public void down() throws IOException {
    server.down();
  }

  public void up() throws IOException {
    server.up();
  }

  @Override
  public void close() throws IOException {
    server.down();
  }

  private final class Storage implements StorageServiceMBean {
    @Override
    public String getLocalHostId() {
      return hostId;
    }

    @Override
    public String getOperationMode() {
      return mode;
    }

    @Override
    public Map<String, String> getEndpointWithPortToHostId() {
      return new LinkedHashMap<>(members);
    }

    @Override
    public List<String> getLiveNodesWithPort() {
      return new ArrayList<>(live);
    }

    @Override
    public List<String> getKeyspaces() {
      return new ArrayList<>(keyspaces);
    }

    @Override
    public int getCompactionThroughputMbPerSec() {
      return throughput;
    }

    @Override
    public void setCompactionThroughputMbPerSec(int mebibytes) {
      throughput = mebibytes;
    }

    @Override
    public String getClusterName() {
      return clusterName;
    }

    @Override
    public void forceKeyspaceFlush(String keyspace, String... tables) {
      calls.add("flush " + keyspace);
    }

    @Override
    public void forceKeyspaceCompaction(boolean split, String keyspace, String... tables) {
      calls.add("compact " + keyspace + "." + String.join(",", tables));
    }

    @Override
    public void truncate(String keyspace, String table) {
      calls.add("truncate " + keyspace + "." + table);
    }

    @Override
    public Map<String, TabularData> getSnapshotDetails() {
      return snapshots;
    }

    @Override
    public void clearSnapshot(String tag, String... keyspaces) {
      calls.add("clear " + tag + " " + String.join(",", keyspaces));
      snapshots = Map.of();
      onClear.accept(tag, List.of(keyspaces));
    }

    @Override
    public void takeSnapshot(String tag, Map<String, String> options, String... keyspaces) {
      calls.add("snapshot " + tag + " " + String.join(",", keyspaces));
      onSnapshot.accept(tag, List.of(keyspaces));
    }

    @Override
    public int upgradeSSTables(
        String keyspace, boolean excludeCurrent, long maxTimestamp, int jobs, String... tables)
        throws Exception {
      String table = String.join(",", tables);
      calls.add(
          "upgrade "
              + keyspace
              + "."
              + table
              + " excludeCurrent="
              + excludeCurrent
              + " jobs="
              + jobs
              + (maxTimestamp == Long.MAX_VALUE ? "" : " before=" + maxTimestamp));
      Outcome outcome = outcomes.get(table);
      if (outcome != null) {
        return outcome.run(JmxNode.this);
      }
      rewrite(keyspace, table, excludeCurrent);
      return 0;
    }
  }

  private final class Snitch implements EndpointSnitchInfoMBean {
    @Override
    public String getDatacenter(String host) {
      return "dc1";
    }

    @Override
    public @Nullable String getRack(String host) {
      return racks.get(host);
    }

    @Override
    public String getDatacenter() {
      return "dc1";
    }

    @Override
    public String getRack() {
      return rack;
    }
  }

  private final class Compactions implements CompactionManagerMBean {
    @Override
    public List<Map<String, String>> getCompactions() {
      return compactions;
    }

    @Override
    public void stopCompaction(String type) {
      calls.add("stop " + type);
      stopped.countDown();
    }
  }

  private record Metric(AtomicLong value) implements MetricMBean {
    Metric(long value) {
      this(new AtomicLong(value));
    }

    @Override
    public Object getValue() {
      return value.get();
    }

    @Override
    public long getCount() {
      return value.get();
    }
  }
}
