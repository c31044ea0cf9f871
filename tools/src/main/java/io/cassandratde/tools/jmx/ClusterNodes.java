package io.cassandratde.tools.jmx;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.management.JMException;
import org.jspecify.annotations.Nullable;

/** Finds and connects the nodes to work on, each exactly once. */
public final class ClusterNodes implements AutoCloseable {
  private final JmxAccess access;
  private final Duration patience;
  private final Map<String, NodeConnection> byHostId = new LinkedHashMap<>();
  private final List<NodeResult> unreachable = new ArrayList<>();
  private final Set<String> remedies = new LinkedHashSet<>();
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
      } else {
        connect(address, member.getValue());
      }
    }
  }

  private void connect(JmxAddress address, @Nullable String expectedId)
      throws InterruptedException {
    try {
      NodeConnection node = NodeConnection.open(address, access, patience);
      String id = hostId(node, access);
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
        remedies.add(JmxFailures.REMOTE);
        return;
      }
      byHostId.put(id, node);
    } catch (NodeUnreachableException e) {
      accessDenied |= e.accessDenied();
      remedies.add(e.remedy());
      unreachable.add(NodeResult.untouched(address.toString(), String.valueOf(e.getMessage())));
    }
  }

  private static String hostId(NodeConnection node, JmxAccess access)
      throws NodeUnreachableException {
    try {
      return node.hostId();
    } catch (IOException | JMException e) {
      throw JmxFailures.of(node.address(), access, e);
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

  /** What to do about nodes whose JMX we could not reach; null when there are none. */
  public @Nullable String advice() {
    return remedies.isEmpty() ? null : String.join("; ", remedies);
  }

  @Override
  public void close() {
    byHostId.values().forEach(NodeConnection::close);
  }
}
