package io.cassandratde.tools.rekey;

import io.cassandratde.tools.cluster.NodeFailureException;
import io.cassandratde.tools.cluster.NodeHierarchy;
import io.cassandratde.tools.cluster.NodeKeys;
import io.cassandratde.tools.cluster.NodeStorage;
import io.cassandratde.tools.jmx.JmxAccess;
import io.cassandratde.tools.jmx.JmxAddress;
import io.cassandratde.tools.jmx.NodeConnection;
import io.cassandratde.tools.jmx.NodeUnreachableException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import org.jspecify.annotations.Nullable;

/** A node that was reached once; a connection that was lost is made anew by the next question. */
final class Node implements AutoCloseable {

  private static final String STORAGE = "org.apache.cassandra.db:type=StorageService";

  /** Its compactions are refused or ended then, and its beans may not be there yet. */
  private static final Set<String> PASSING = Set.of("STARTING", "DRAINING", "DRAINED");

  private static final String SNITCH = "org.apache.cassandra.db:type=EndpointSnitchInfo";
  private static final String PENDING =
      "org.apache.cassandra.metrics:type=Compaction,name=PendingTasks";

  private final JmxAddress address;
  private final JmxAccess access;
  private final Duration patience;
  private final String hostId;
  private final String rack;
  private @Nullable NodeConnection connection;

  private Node(
      NodeConnection connection, JmxAccess access, Duration patience, String hostId, String rack) {
    this.address = connection.address();
    this.access = access;
    this.patience = patience;
    this.hostId = hostId;
    this.rack = rack;
    this.connection = connection;
  }

  static Node connect(JmxAddress address, JmxAccess access, Duration patience)
      throws NodeUnreachableException, NodeTroubleException, InterruptedException {
    NodeConnection opened = NodeConnection.open(address, access, patience);
    try {
      String rack = opened.attribute(SNITCH, "Datacenter") + "/" + opened.attribute(SNITCH, "Rack");
      return new Node(opened, access, patience, opened.hostId(), rack);
    } catch (IOException | JMException | RuntimeException e) {
      opened.close();
      throw new NodeTroubleException(address + ": " + NodeConnection.rootMessage(e), false, e);
    }
  }

  String name() {
    return address.toString();
  }

  JmxAddress address() {
    return address;
  }

  String hostId() {
    return hostId;
  }

  /** Of its data centre: {@code dc1/rack1}. */
  String rack() {
    return rack;
  }

  /** A question to the node's keys. */
  interface Question<T> {
    T of(NodeKeys keys) throws NodeFailureException;
  }

  <T> T ask(Question<T> question) throws NodeTroubleException, InterruptedException {
    NodeConnection open = open();
    try {
      return question.of(new NodeKeys(open));
    } catch (NodeFailureException e) {
      if (!e.refused()) {
        lost(open);
      }
      throw new NodeTroubleException(String.valueOf(e.getMessage()), e.refused(), e);
    }
  }

  /** The cluster's keys, as this node tells them. */
  NodeHierarchy hierarchy() throws NodeTroubleException, InterruptedException {
    return new NodeHierarchy(open());
  }

  private interface Call<T> {
    T of(NodeConnection node) throws IOException, JMException;
  }

  /** Of Cassandra's own beans. */
  private <T> T call(String what, Call<T> call) throws NodeTroubleException, InterruptedException {
    NodeConnection open = open();
    try {
      return call.of(open);
    } catch (IOException | JMException | RuntimeException e) {
      boolean starting = e instanceof InstanceNotFoundException; // Cassandra has them all
      if (e instanceof IOException) {
        lost(open);
      }
      throw new NodeTroubleException(
          name() + ": " + what + ": " + NodeConnection.rootMessage(e),
          !starting && !(e instanceof IOException),
          e);
    }
  }

  private synchronized NodeConnection open() throws NodeTroubleException, InterruptedException {
    NodeConnection open = connection;
    if (open != null) {
      return open;
    }
    try {
      open = NodeConnection.open(address, access, patience);
      String id = open.hostId();
      if (!id.equals(hostId)) {
        open.close();
        throw new NodeTroubleException(
            name() + " is another node now: " + id, false, new IOException(id));
      }
      connection = open;
      return open;
    } catch (NodeUnreachableException | IOException | JMException e) {
      throw new NodeTroubleException(String.valueOf(e.getMessage()), false, e);
    }
  }

  private synchronized void lost(NodeConnection broken) {
    broken.close();
    if (connection == broken) {
      connection = null;
    }
  }

  /**
   * Asks whether it takes part in the cluster.
   *
   * @throws NodeTroubleException it does not answer, is starting, or is being shut down
   */
  void requireServing() throws NodeTroubleException, InterruptedException {
    String mode = call("its mode", node -> (String) node.attribute(STORAGE, "OperationMode"));
    if (PASSING.contains(mode)) {
      String what = name() + " is " + mode.toLowerCase(Locale.ROOT);
      throw new NodeTroubleException(what, false, new IOException(what));
    }
  }

  /** Every member that it knows, by host id: {@code address:port} in the cluster. */
  @SuppressWarnings("unchecked") // the MBean's declared type
  Map<String, String> members() throws NodeTroubleException, InterruptedException {
    return call(
        "its members",
        node -> (Map<String, String>) node.attribute(STORAGE, "EndpointWithPortToHostId"));
  }

  /** Members that it takes for alive: {@code address:port} in the cluster. */
  @SuppressWarnings("unchecked") // the MBean's declared type
  List<String> live() throws NodeTroubleException, InterruptedException {
    return call(
        "its live members", node -> (List<String>) node.attribute(STORAGE, "LiveNodesWithPort"));
  }

  long pendingCompactions() throws NodeTroubleException, InterruptedException {
    return call("its compactions", node -> ((Number) node.attribute(PENDING, "Value")).longValue());
  }

  /** In MiB/s; 0: not limited. */
  int throughput() throws NodeTroubleException, InterruptedException {
    return call("its compaction throughput", NodeConnection::compactionThroughput);
  }

  void setThroughput(int mebibytes) throws NodeTroubleException, InterruptedException {
    var unused =
        call(
            "setting its compaction throughput",
            node -> {
              node.setCompactionThroughput(mebibytes);
              return mebibytes;
            });
  }

  /** Of these keyspaces. */
  void takeSnapshot(String tag, List<String> keyspaces)
      throws NodeTroubleException, InterruptedException {
    var unused =
        ask(
            keys -> {
              new NodeStorage(keys.node()).takeSnapshot(tag, keyspaces);
              return tag;
            });
  }

  /** The snapshot's files in this keyspace, of all its tables. */
  void clearSnapshot(String tag, String keyspace)
      throws NodeTroubleException, InterruptedException {
    var unused =
        ask(
            keys -> {
              new NodeStorage(keys.node()).clearSnapshot(tag, keyspace);
              return tag;
            });
  }

  @Override
  public synchronized void close() {
    if (connection != null) {
      connection.close();
      connection = null;
    }
  }

  @Override
  public String toString() {
    return name();
  }
}
