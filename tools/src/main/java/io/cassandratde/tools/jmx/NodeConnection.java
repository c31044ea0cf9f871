package io.cassandratde.tools.jmx;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.management.Attribute;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import org.jspecify.annotations.Nullable;

/** One Cassandra node over JMX: the few attributes and operations that a rewrite needs. */
public final class NodeConnection implements AutoCloseable {
  private static final String STORAGE = "org.apache.cassandra.db:type=StorageService";
  private static final String SNITCH = "org.apache.cassandra.db:type=EndpointSnitchInfo";
  private static final String COMPACTIONS = "org.apache.cassandra.db:type=CompactionManager";
  private static final String THROUGHPUT = "CompactionThroughputMbPerSec";
  private static final String[] UPGRADE_SIGNATURE = {
    String.class.getName(),
    boolean.class.getName(),
    long.class.getName(),
    int.class.getName(),
    String[].class.getName()
  };

  private final JmxAddress address;
  private final JMXConnector connector;
  private final MBeanServerConnection server;

  private NodeConnection(JmxAddress address, JMXConnector connector) throws IOException {
    this.address = address;
    this.connector = connector;
    this.server = connector.getMBeanServerConnection();
  }

  /** Connects within the given time: RMI itself would wait for a silent host for minutes. */
  public static NodeConnection open(JmxAddress address, JmxAccess access, Duration patience)
      throws NodeUnreachableException, InterruptedException {
    CompletableFuture<NodeConnection> opening = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                NodeConnection opened = connect(address, access);
                opened.hostId();
                if (!opening.complete(opened)) {
                  opened.close();
                }
              } catch (IOException | JMException | RuntimeException e) {
                opening.completeExceptionally(e);
              }
            },
            "jmx-connect-" + address);
    thread.setDaemon(true);
    thread.start();
    try {
      return opening.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      opening.cancel(false);
      throw JmxFailures.silent(address, patience.toSeconds(), e);
    } catch (ExecutionException e) {
      throw JmxFailures.of(address, access, e.getCause() == null ? e : e.getCause());
    }
  }

  @SuppressWarnings("BanJNDI") // JMX over RMI has no other way, and the operator names the host
  private static NodeConnection connect(JmxAddress address, JmxAccess access) throws IOException {
    return new NodeConnection(
        address, JMXConnectorFactory.connect(address.url(), access.environment()));
  }

  public JmxAddress address() {
    return address;
  }

  /** The node's own id: two addresses that give the same one reach the same node. */
  public String hostId() throws IOException, JMException {
    return (String) attribute(STORAGE, "LocalHostId");
  }

  /** As cassandra.yaml of the node has it. */
  public String clusterName() throws IOException, JMException {
    return (String) attribute(STORAGE, "ClusterName");
  }

  /** {@code address:storageport} to host id, for every member. */
  @SuppressWarnings("unchecked") // the MBean's declared type
  public Map<String, String> members() throws IOException, JMException {
    return (Map<String, String>) attribute(STORAGE, "EndpointWithPortToHostId");
  }

  @SuppressWarnings("unchecked") // the MBean's declared type
  List<String> liveMembers() throws IOException, JMException {
    return (List<String>) attribute(STORAGE, "LiveNodesWithPort");
  }

  /** Every member, up or down, in the order of its endpoint. */
  List<Member> clusterMembers() throws IOException, JMException {
    List<String> live = liveMembers();
    List<Member> members = new ArrayList<>();
    for (Map.Entry<String, String> member : new TreeMap<>(members()).entrySet()) {
      String endpoint = member.getKey();
      members.add(
          new Member(
              endpoint,
              member.getValue(),
              place("getDatacenter", endpoint),
              place("getRack", endpoint),
              live.contains(endpoint)));
    }
    return members;
  }

  /** Null: the snitch does not know; no reason to leave a member out. */
  private @Nullable String place(String operation, String endpoint) throws IOException {
    try {
      return (String) invoke(SNITCH, operation, List.of(String.class), endpoint);
    } catch (JMException | RuntimeException e) {
      return null;
    }
  }

  @SuppressWarnings("unchecked") // the MBean's declared type
  List<String> keyspaces() throws IOException, JMException {
    return (List<String>) attribute(STORAGE, "Keyspaces");
  }

  /** Tables and materialized views; index tables follow their table in upgradeSSTables. */
  List<String> tables(String keyspace) throws IOException, JMException {
    List<String> tables = new ArrayList<>();
    ObjectName pattern =
        new ObjectName("org.apache.cassandra.db:type=Tables,keyspace=" + keyspace + ",table=*");
    for (ObjectName name : server.queryNames(pattern, null)) {
      tables.add(name.getKeyProperty("table"));
    }
    tables.sort(null);
    return tables;
  }

  TableSize size(String keyspace, String table) throws IOException, JMException {
    String metric =
        "org.apache.cassandra.metrics:type=Table,keyspace=" + keyspace + ",scope=" + table;
    Number count = (Number) attribute(metric + ",name=LiveSSTableCount", "Value");
    Number bytes = (Number) attribute(metric + ",name=LiveDiskSpaceUsed", "Count");
    return new TableSize(count.intValue(), bytes.longValue());
  }

  /** What shows afterwards whether anything of a table was rewritten. */
  WriteMark writeMark(TableName table) throws IOException, JMException {
    long old = 0;
    for (ObjectName metric : metrics(table, "OldVersionSSTableCount")) {
      old += ((Number) server.getAttribute(metric, "Value")).longValue();
    }
    long written = 0;
    for (ObjectName metric : metrics(table, "CompactionBytesWritten")) {
      written += ((Number) server.getAttribute(metric, "Count")).longValue();
    }
    return new WriteMark(old, written);
  }

  /**
   * The state of a table and its index tables at one moment.
   *
   * @param oldVersion SSTables that are not of the node's current version
   * @param bytesWritten by compactions of any kind since the node's start; rewrites are among them,
   *     flushes are not
   */
  record WriteMark(long oldVersion, long bytesWritten) {}

  /** One metric of a table and of its indexes, which upgradeSSTables rewrites with it. */
  private List<ObjectName> metrics(TableName table, String name) throws IOException, JMException {
    String ofTable = ",keyspace=" + table.keyspace() + ",scope=" + table.table();
    String domain = "org.apache.cassandra.metrics:name=" + name + ",type=";
    List<ObjectName> metrics = new ArrayList<>();
    metrics.add(new ObjectName(domain + "Table" + ofTable));
    metrics.addAll(server.queryNames(new ObjectName(domain + "IndexTable" + ofTable + ".*"), null));
    return metrics;
  }

  /** Live SSTables of one table. */
  record TableSize(int sstables, long bytes) {
    static final TableSize EMPTY = new TableSize(0, 0);

    TableSize plus(TableSize other) {
      return new TableSize(sstables + other.sstables, bytes + other.bytes);
    }
  }

  /** One running rewrite of one SSTable. */
  public record Rewrite(String id, String keyspace, String table, double fraction, long bytes) {}

  @SuppressWarnings("unchecked") // the MBean's declared type
  public List<Rewrite> rewrites() throws IOException, JMException {
    List<Rewrite> running = new ArrayList<>();
    for (Map<String, String> task :
        (List<Map<String, String>>) attribute(COMPACTIONS, "Compactions")) {
      // OperationType.UPGRADE_SSTABLES prints so in Cassandra 4.0 to 5.0.
      if ("Upgrade sstables".equals(task.get("taskType"))) {
        long total = number(task.get("total"));
        long compressed = number(task.get("totalCompressed"));
        double fraction = total <= 0 ? 0 : (double) number(task.get("completed")) / total;
        running.add(
            new Rewrite(
                text(task.get("compactionId")),
                text(task.get("keyspace")),
                text(task.get("columnfamily")),
                Math.min(1, fraction),
                compressed > 0 ? compressed : total));
      }
    }
    return running;
  }

  /** Blocks until the node is done: 0 done, 1 aborted, 2 some SSTables could not be claimed. */
  int upgrade(String keyspace, String table, UpgradeRequest request)
      throws IOException, JMException {
    Object status =
        server.invoke(
            new ObjectName(STORAGE),
            "upgradeSSTables",
            new Object[] {
              keyspace,
              !request.includeAll(),
              request.maxTimestamp(),
              request.jobs(),
              new String[] {table}
            },
            UPGRADE_SIGNATURE);
    return status instanceof Number number ? number.intValue() : 0;
  }

  /** Ends the rewrites in progress; SSTables already rewritten stay so. */
  void stopUpgrades() throws IOException, JMException {
    server.invoke(
        new ObjectName(COMPACTIONS),
        "stopCompaction",
        new Object[] {"UPGRADE_SSTABLES"},
        new String[] {String.class.getName()});
  }

  /** Of its compactions, in MiB/s; 0: not limited. */
  public int compactionThroughput() throws IOException, JMException {
    return ((Number) attribute(STORAGE, THROUGHPUT)).intValue();
  }

  public void setCompactionThroughput(int mebibytes) throws IOException, JMException {
    set(STORAGE, THROUGHPUT, mebibytes);
  }

  boolean alive() {
    try {
      hostId();
      return true;
    } catch (IOException | JMException | RuntimeException e) {
      return false;
    }
  }

  @Override
  public void close() {
    try {
      connector.close();
    } catch (IOException e) {
      // The other side is gone already; there is nothing left to release.
    }
  }

  /** One attribute of one bean, as JMX gives it. */
  public Object attribute(String mbean, String attribute) throws IOException, JMException {
    return server.getAttribute(new ObjectName(mbean), attribute);
  }

  /** Sets one attribute of one bean. */
  public void set(String mbean, String attribute, Object value) throws IOException, JMException {
    server.setAttribute(new ObjectName(mbean), new Attribute(attribute, value));
  }

  /**
   * Invokes an operation.
   *
   * @param signature the Java type of each argument
   */
  public Object invoke(
      String mbean, String operation, List<Class<?>> signature, Object... arguments)
      throws IOException, JMException {
    return server.invoke(
        new ObjectName(mbean),
        operation,
        arguments,
        signature.stream().map(Class::getName).toArray(String[]::new));
  }

  private static long number(@Nullable String text) {
    try {
      return text == null ? 0 : Long.parseLong(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  /** The innermost message: RMI wraps "Connection refused" three times. */
  public static String rootMessage(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    String message = root.getMessage();
    if (root instanceof java.net.UnknownHostException) {
      return "unknown host " + message;
    }
    return message == null || message.isBlank() ? root.getClass().getSimpleName() : message;
  }
}
