package io.cassandratde.tools.jmx;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.rmi.registry.LocateRegistry;
import java.rmi.registry.Registry;
import java.rmi.server.ExportException;
import java.rmi.server.UnicastRemoteObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import javax.management.StandardMBean;
import javax.management.openmbean.TabularData;
import javax.management.remote.JMXAuthenticator;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXConnectorServerFactory;
import javax.management.remote.JMXPrincipal;
import javax.management.remote.JMXServiceURL;
import javax.security.auth.Subject;
import org.jspecify.annotations.Nullable;

/**
 * The MBeans of one node behind real JMX over RMI, failing on demand as no real node can be made
 * to. That a real node has these MBeans is for the end-to-end tests to show.
 */
public final class JmxNode implements AutoCloseable {
  private final MBeanServer server = MBeanServerFactory.newMBeanServer();
  private final JMXConnectorServer connector;
  private final Registry registry;
  private final int port;
  final String hostId;
  final Map<String, String> members = new LinkedHashMap<>();
  final List<String> live = new ArrayList<>();
  private final Map<String, String> racks = new ConcurrentHashMap<>();
  final List<String> keyspaces = new ArrayList<>();

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
  volatile int throughput = 64;

  /** What one call of upgradeSSTables does. */
  interface Outcome {
    int run(JmxNode node) throws Exception;
  }

  /** What the tool uses of Cassandra's interface of this name. */
  public interface EndpointSnitchInfoMBean {
    String getDatacenter(String host);

    @Nullable String getRack(String host);
  }

  /** A gauge and a counter have one of these each. */
  public interface MetricMBean {
    Object getValue();

    long getCount();
  }

  public JmxNode(String hostId) throws Exception {
    this(hostId, null);
  }

  JmxNode(String hostId, @Nullable String password) throws Exception {
    this.hostId = hostId;
    Registry exported = null;
    int free = 0;
    while (exported == null) {
      free = freePort();
      try {
        exported = LocateRegistry.createRegistry(free);
      } catch (ExportException taken) {
        // By another process, in the moment since it was found free: the next one, then.
      }
    }
    port = free;
    registry = exported;
    Map<String, Object> environment = new HashMap<>();
    if (password != null) {
      JMXAuthenticator authenticator =
          credentials -> {
            if (credentials instanceof String[] pair && pair[1].equals(password)) {
              Subject subject = new Subject();
              subject.getPrincipals().add(new JMXPrincipal(pair[0]));
              return subject;
            }
            throw new SecurityException("Authentication failed! Invalid username or password");
          };
      environment.put(JMXConnectorServer.AUTHENTICATOR, authenticator);
    }
    connector =
        JMXConnectorServerFactory.newJMXConnectorServer(
            new JMXServiceURL(
                "service:jmx:rmi://127.0.0.1:0/jndi/rmi://127.0.0.1:" + port + "/jmxrmi"),
            environment,
            server);
    connector.start();
    register(
        "org.apache.cassandra.db:type=StorageService", new Storage(), StorageServiceMBean.class);
    register(
        "org.apache.cassandra.db:type=CompactionManager",
        new Compactions(),
        CompactionManagerMBean.class);
    register(
        "org.apache.cassandra.db:type=EndpointSnitchInfo",
        new Snitch(),
        EndpointSnitchInfoMBean.class);
  }

  public int port() {
    return port;
  }

  public String address() {
    return "127.0.0.1:" + port;
  }

  public JmxNode table(String keyspace, String table, int sstables, long bytes) throws Exception {
    if (!keyspaces.contains(keyspace)) {
      keyspaces.add(keyspace);
    }
    register(
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
    register(
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

  /** As DROP KEYSPACE does. */
  public void drop(String keyspace) {
    keyspaces.remove(keyspace);
  }

  /** One more bean. */
  public void bean(String name, Object bean) throws Exception {
    server.registerMBean(bean, new ObjectName(name));
  }

  /** A member that this node knows; its data centre is dc1. */
  public void member(String endpoint, String id, String rack, boolean up) {
    members.put(endpoint, id);
    racks.put(endpoint, rack);
    if (up) {
      live.add(endpoint);
    }
  }

  /** A bean of cassandra-tde. */
  public <T> JmxNode mxbean(String name, T mbean, Class<T> type) throws Exception {
    server.registerMBean(new StandardMBean(mbean, type, true), new ObjectName(name));
    return this;
  }

  /** A further member of its cluster; JMX of one that is up is looked for at its address. */
  public JmxNode member(String endpoint, String id, boolean up) {
    members.put(endpoint, id);
    if (up) {
      live.add(endpoint);
    }
    return this;
  }

  private <T> void register(String name, T mbean, Class<T> type) throws Exception {
    server.registerMBean(new StandardMBean(mbean, type), new ObjectName(name));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws Exception {
    connector.stop();
    UnicastRemoteObject.unexportObject(registry, true);
  }

  private final class Storage implements StorageServiceMBean {
    @Override
    public String getLocalHostId() {
      return hostId;
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
