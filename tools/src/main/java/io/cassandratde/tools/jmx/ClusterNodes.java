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
  private final List<Missing> missing = new ArrayList<>();
  private final Set<String> remedies = new LinkedHashSet<>();
  private List<Member> members = List.of();
  private boolean accessDenied;

  public ClusterNodes(JmxAccess access, Duration patience) {
    this.access = access;
    this.patience = patience;
  }

  /**
   * A node that was asked for and is not connected.
   *
   * @param node its JMX address
   * @param hostId null: the address was given, and nobody knows whose it is
   */
  public record Missing(String node, @Nullable String hostId, String reason) {}

  /** Exactly these addresses. */
  public void connectAll(List<JmxAddress> addresses) throws InterruptedException {
    for (JmxAddress address : addresses) {
      connect(address, null);
    }
    members = anyMembers();
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
    members = contact.clusterMembers();
    for (Member member : members) {
      if (member.hostId().equals(contactId)) {
        continue;
      }
      String host = member.endpoint().substring(0, member.endpoint().lastIndexOf(':'));
      JmxAddress address = JmxAddress.parse(host, contactAddress.port());
      if (member.isUp()) {
        connect(address, member.hostId());
      } else {
        missing.add(new Missing(address.toString(), member.hostId(), "the node is down"));
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
        missing.add(
            new Missing(
                address.toString(),
                expectedId,
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
      missing.add(new Missing(address.toString(), expectedId, String.valueOf(e.getMessage())));
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

  /** Of the first connected node that tells. */
  private List<Member> anyMembers() {
    for (NodeConnection node : byHostId.values()) {
      try {
        return node.clusterMembers();
      } catch (IOException | JMException | RuntimeException e) {
        // Another one may; what is asked of this one will tell that it is gone.
      }
    }
    return List.of();
  }

  public List<NodeConnection> connected() {
    return List.copyOf(byHostId.values());
  }

  /** All of the cluster, up or down, named or not; none where no node told. */
  public List<Member> members() {
    return members;
  }

  /** Null: the members that were told have none of this id. */
  public @Nullable Member member(@Nullable String hostId) {
    return members.stream().filter(m -> m.hostId().equals(hostId)).findFirst().orElse(null);
  }

  public List<Missing> missing() {
    return List.copyOf(missing);
  }

  public List<NodeResult> unreachable() {
    return missing.stream().map(one -> NodeResult.untouched(one.node(), one.reason())).toList();
  }

  /** Members that were neither asked for nor found missing. */
  public List<Member> unnamed() {
    return members.stream()
        .filter(member -> !byHostId.containsKey(member.hostId()))
        .filter(member -> missing.stream().noneMatch(one -> member.hostId().equals(one.hostId())))
        .toList();
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
