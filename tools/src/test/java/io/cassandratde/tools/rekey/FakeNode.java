package io.cassandratde.tools.rekey;

import io.cassandratde.tools.rekey.NodeBeans.Checked;
import io.cassandratde.tools.rekey.NodeBeans.Inventory;
import io.cassandratde.tools.rekey.NodeBeans.Open;
import io.cassandratde.tools.rekey.NodeBeans.Operation;
import io.cassandratde.tools.rekey.NodeBeans.SpecKey;
import io.cassandratde.tools.rekey.NodeBeans.Use;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.rmi.registry.LocateRegistry;
import java.rmi.registry.Registry;
import java.rmi.server.UnicastRemoteObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import javax.management.StandardMBean;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXConnectorServerFactory;
import javax.management.remote.JMXServiceURL;
import org.jspecify.annotations.Nullable;

/** A node of a cluster, behind real JMX: what it holds, and how it fails, is the test's to say. */
final class FakeNode implements AutoCloseable {

  private final List<FakeNode> cluster;
  private final Supplier<@Nullable String> currentKey;
  private final String rack;
  private final String hostId;
  private final int port;
  private final MBeanServer server = MBeanServerFactory.newMBeanServer();
  private final Map<String, Operation> operations = new LinkedHashMap<>();
  private @Nullable JMXConnectorServer connector;
  private @Nullable Registry registry;

  /** What was asked of it that changes something. */
  final List<String> calls = new CopyOnWriteArrayList<>();

  final List<Use> uses = new CopyOnWriteArrayList<>();
  volatile int throughput = 64;
  volatile long pending;
  volatile @Nullable String sealsWith;
  volatile String checkValue = "5eed0001";
  volatile boolean unreadable;
  volatile boolean unfinished;
  volatile long usable = 1_000_000;

  /** How the next operations end; after that they succeed. */
  final List<String> outcomes = new CopyOnWriteArrayList<>();

  /** Runs when an operation is started, before it is there. */
  volatile Runnable onStart = () -> {};

  /**
   * Not up yet.
   *
   * @param cluster its members, this one among them
   * @param currentKey of the key server
   */
  FakeNode(
      List<FakeNode> cluster, String rack, Supplier<@Nullable String> currentKey, String hostId)
      throws Exception {
    this.cluster = cluster;
    this.rack = rack;
    this.currentKey = currentKey;
    this.hostId = hostId;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    bean(
        "org.apache.cassandra.db:type=StorageService", new Storage(), NodeBeans.StorageMBean.class);
    bean("org.apache.cassandra.db:type=EndpointSnitchInfo", snitch(), NodeBeans.SnitchMBean.class);
    NodeBeans.GaugeMBean gauge = () -> pending;
    bean(
        "org.apache.cassandra.metrics:type=Compaction,name=PendingTasks",
        gauge,
        NodeBeans.GaugeMBean.class);
    server.registerMBean(new Keys(), new ObjectName("io.cassandratde:type=Keys"));
    server.registerMBean(new KeyInventory(), new ObjectName("io.cassandratde:type=KeyInventory"));
    server.registerMBean(new Operations(), new ObjectName("io.cassandratde:type=KeyOperations"));
  }

  private <T> void bean(String name, T bean, Class<T> type) throws Exception {
    server.registerMBean(new StandardMBean(bean, type), new ObjectName(name));
  }

  private NodeBeans.SnitchMBean snitch() {
    return new NodeBeans.SnitchMBean() {
      @Override
      public String getDatacenter() {
        return "dc1";
      }

      @Override
      public String getRack() {
        return rack;
      }
    };
  }

  FakeNode up() throws Exception {
    registry = LocateRegistry.createRegistry(port);
    connector =
        JMXConnectorServerFactory.newJMXConnectorServer(
            new JMXServiceURL(
                "service:jmx:rmi://127.0.0.1:0/jndi/rmi://127.0.0.1:" + port + "/jmxrmi"),
            Map.of(),
            server);
    connector.start();
    return this;
  }

  /** As by kill -9: its operations are gone. */
  void down() throws Exception {
    if (connector != null && registry != null) {
      connector.stop();
      UnicastRemoteObject.unexportObject(registry, true);
      connector = null;
      synchronized (operations) {
        operations.clear();
      }
    }
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  FakeNode holds(String place, @Nullable String keyspace, String snapshot, String keyId) {
    uses.add(new Use(place, keyspace, snapshot, keyId, 1000));
    return this;
  }

  /** An operation as somebody else started it. */
  void running(String id, String kind, String keyId) {
    synchronized (operations) {
      operations.put(id, new Operation(id, kind, keyId, "RUNNING"));
    }
  }

  private String start(String kind, String keyId, List<String> places) {
    calls.add(kind + " throughput=" + throughput);
    onStart.run();
    String id = "op-" + calls.size();
    String outcome = outcomes.isEmpty() ? "DONE" : outcomes.remove(0);
    if (outcome.equals("DONE")) {
      uses.removeIf(use -> use.keyId.equals(keyId) && places.contains(use.getPlace()));
    }
    synchronized (operations) {
      operations.put(id, new Operation(id, kind, keyId, outcome));
    }
    return id;
  }

  @Override
  public void close() throws Exception {
    down();
  }

  private final class Storage implements NodeBeans.StorageMBean {
    @Override
    public String getLocalHostId() {
      return hostId;
    }

    @Override
    public Map<String, String> getEndpointWithPortToHostId() {
      Map<String, String> members = new LinkedHashMap<>();
      cluster.forEach(node -> members.put("10.0.0." + node.hostId + ":7000", node.hostId));
      return members;
    }

    @Override
    public List<String> getLiveNodesWithPort() {
      List<String> live = new ArrayList<>();
      for (FakeNode node : cluster) {
        if (node.connector != null) {
          live.add("10.0.0." + node.hostId + ":7000");
        }
      }
      return live;
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
    public void takeSnapshot(String tag, Map<String, String> options, String... keyspaces) {
      calls.add("snapshot " + tag + " " + List.of(keyspaces));
      for (Use use : uses) {
        if (use.getPlace().equals("live")) {
          holds("snapshot", use.getKeyspace(), tag, use.keyId);
        }
      }
    }

    @Override
    public void clearSnapshot(String tag, String... keyspaces) {
      calls.add("clear " + tag + " " + List.of(keyspaces));
      uses.removeIf(use -> use.getSnapshot().equals(tag));
    }
  }

  /** The bean of the inventory. */
  public final class KeyInventory implements NodeBeans.KeyInventoryMXBean {
    @Override
    public Inventory refresh() {
      return new Inventory(
          Instant.now().toString(),
          List.copyOf(uses),
          unreadable || unfinished
              ? List.of(new Open(unfinished ? "unfinished" : "unreadable"))
              : List.of());
    }

    @Override
    public List<NodeBeans.Directory> dataDirectories(String keyId) {
      return List.of(new NodeBeans.Directory(usable));
    }
  }

  /** The bean of the current keys. */
  public final class Keys implements NodeBeans.KeysMXBean {
    @Override
    public List<SpecKey> getKeys() {
      return List.of(new SpecKey(sealsWith));
    }

    @Override
    public List<SpecKey> refreshKeys() {
      sealsWith = currentKey.get();
      return getKeys();
    }
  }

  /** The bean of the operations. */
  public final class Operations implements NodeBeans.KeyOperationsMXBean {
    @Override
    public Checked checkKey(String group, String keyId) {
      return new Checked(keyId, checkValue);
    }

    @Override
    public String rewrite(String group, String keyId, List<String> tables, int jobs) {
      return start("rewrite", keyId, List.of("live"));
    }

    @Override
    public String rewrap(String group, String keyId, List<String> tables) {
      return start("rewrap", keyId, List.of("live"));
    }

    @Override
    public String release(String group, String keyId) {
      return start("release", keyId, List.of("commitlog", "saved_cache", "paxos"));
    }

    @Override
    public List<Operation> getOperations() {
      synchronized (operations) {
        return List.copyOf(operations.values());
      }
    }

    @Override
    public boolean cancel(String id) {
      calls.add("cancel " + id);
      synchronized (operations) {
        Operation operation = operations.get(id);
        if (operation == null || !operation.getState().equals("RUNNING")) {
          return false;
        }
        operations.put(
            id, new Operation(id, operation.getKind(), operation.getKeyId(), "CANCELLED"));
        return true;
      }
    }
  }
}
