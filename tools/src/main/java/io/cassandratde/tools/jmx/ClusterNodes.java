package io.cassandratde.tools.jmx;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import javax.management.JMException;
import org.jspecify.annotations.Nullable;

/** Finds and connects the nodes to work on, each exactly once. */
public final class ClusterNodes implements AutoCloseable {
  private final JmxAccess access;
  private final Duration patience;
  private final Map<String, NodeConnection> byHostId = new LinkedHashMap<>();
  private final List<NodeResult> unreachable = new ArrayList<>();
  private boolean remoteJmxMissing;
  private boolean accessDenied;

  public ClusterNodes(JmxAccess access, Duration patience) {
    this.access = access;
    this.patience = patience;
  }

  /** Exactly these addresses. */
  public void connectAll(List<JmxAddress> addresses) throws InterruptedException {
    for (JmxAddress address : addresses) {
      connect(address, null);
    }
  }

  /**
   * The contact and every member that it knows; those that are down, or whose JMX cannot be reached
   * at the contact's port, are remembered as not done.
   */
  public void discover(JmxAddress contactAddress)
      throws NodeUnreachableException, InterruptedException, IOException, JMException {
    NodeConnection contact = NodeConnection.open(contactAddress, access, patience);
    String contactId = contact.hostId();
    byHostId.put(contactId, contact);
    List<String> live = contact.liveMembers();
    for (Map.Entry<String, String> member : contact.members().entrySet()) {
      String endpoint = member.getKey();
      if (member.getValue().equals(contactId)) {
        continue;
      }
      String host = endpoint.substring(0, endpoint.lastIndexOf(':'));
      JmxAddress address = JmxAddress.parse(host, contactAddress.port());
      if (!live.contains(endpoint)) {
        unreachable.add(NodeResult.untouched(address.toString(), "the node is down"));
      } else if (!connect(address, member.getValue())) {
        remoteJmxMissing = true;
      }
    }
  }

  private boolean connect(JmxAddress address, @Nullable String expectedId)
      throws InterruptedException {
    try {
      NodeConnection node = NodeConnection.open(address, access, patience);
      String id = hostId(node);
      // RMI stubs may carry another address (java.rmi.server.hostname) than the one asked for.
      NodeConnection same = byHostId.get(id);
      if (same != null || (expectedId != null && !expectedId.equals(id))) {
        node.close();
        unreachable.add(
            NodeResult.untouched(
                address.toString(),
                same == null
                    ? "JMX at this address reaches another node (" + id + ")"
                    : "JMX at this address reaches the same node as " + same.address()));
        return false;
      }
      byHostId.put(id, node);
      return true;
    } catch (NodeUnreachableException e) {
      accessDenied |= e.accessDenied();
      unreachable.add(NodeResult.untouched(address.toString(), String.valueOf(e.getMessage())));
      return false;
    }
  }

  private static String hostId(NodeConnection node) throws NodeUnreachableException {
    try {
      return node.hostId();
    } catch (IOException | JMException e) {
      throw new NodeUnreachableException(
          "no JMX at " + node.address() + ": " + NodeConnection.rootMessage(e), false, e);
    }
  }

  public List<NodeConnection> connected() {
    return List.copyOf(byHostId.values());
  }

  public List<NodeResult> unreachable() {
    return List.copyOf(unreachable);
  }

  public boolean accessDenied() {
    return accessDenied;
  }

  /** What to do about members whose JMX we could not reach; null when there are none. */
  public @Nullable String advice() {
    if (!remoteJmxMissing) {
      return null;
    }
    TreeSet<String> names = new TreeSet<>();
    unreachable.forEach(r -> names.add(r.node()));
    return "Stock Cassandra lets JMX listen on loopback only: run this command with --local on each"
        + " node not reached ("
        + String.join(", ", names)
        + "), or open JMX there (LOCAL_JMX=no in cassandra-env.sh, with authentication), or name"
        + " other ports with --hosts addr:jmxport,…";
  }

  @Override
  public void close() {
    byHostId.values().forEach(NodeConnection::close);
  }
}
