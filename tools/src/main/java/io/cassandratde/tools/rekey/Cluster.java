package io.cassandratde.tools.rekey;

import io.cassandratde.tools.cluster.EachNode;
import io.cassandratde.tools.jmx.JmxAccess;
import io.cassandratde.tools.jmx.JmxAddress;
import io.cassandratde.tools.jmx.NodeUnreachableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The nodes of the cluster: those that can be asked, and every other one as an open item. */
public final class Cluster implements AutoCloseable {

  private final List<JmxAddress> addresses;
  private final boolean exactly;
  private final JmxAccess access;
  private final Duration patience;
  private final Map<String, Node> known = new LinkedHashMap<>();

  /**
   * Connects to nothing yet.
   *
   * @param addresses the nodes, or one that knows them
   * @param exactly whether these are all that can be reached; members of the cluster beside them
   *     are open items
   * @param patience for one connection
   */
  public Cluster(List<JmxAddress> addresses, boolean exactly, JmxAccess access, Duration patience) {
    this.addresses = List.copyOf(addresses);
    this.exactly = exactly;
    this.access = access;
    this.patience = patience;
  }

  /**
   * The cluster at one moment.
   *
   * @param reached by host id, in the order of data centres and racks
   * @param missing why a member cannot be asked, by its name
   * @param away those of the missing that were reached once, and why they cannot be asked now
   * @param unanswered addresses at which a node should answer, and none does
   * @param down how many members the others take for dead
   */
  record Look(
      List<Node> reached,
      Map<String, String> missing,
      Map<Node, String> away,
      int unanswered,
      int down) {}

  /** Connects to whom it can. */
  Look look() throws InterruptedException {
    Map<String, String> missing = new TreeMap<>();
    Map<Node, String> away = new LinkedHashMap<>();
    Map<String, Node> reached = new LinkedHashMap<>();
    int unanswered = connect(addresses, missing);
    askKnown(reached, away);
    if (!exactly) {
      unanswered += connect(others(reached), missing);
      askKnown(reached, away);
    }
    away.forEach((node, why) -> missing.put(node.name(), why));
    int down = addMembers(reached, missing);
    List<Node> ordered =
        reached.values().stream()
            .sorted(
                java.util.Comparator.comparing(Node::rack)
                    .thenComparing(Node::name)
                    .thenComparing(Node::hostId))
            .toList();
    return new Look(ordered, missing, away, unanswered, down);
  }

  /** Those that were not asked yet. */
  private void askKnown(Map<String, Node> reached, Map<Node, String> away)
      throws InterruptedException {
    for (Node node : known.values()) {
      if (reached.containsKey(node.hostId()) || away.containsKey(node)) {
        continue;
      }
      try {
        node.requireServing();
        reached.put(node.hostId(), node);
      } catch (NodeTroubleException e) {
        away.put(node, e.text());
      }
    }
  }

  /** Addresses at which members that the reached ones know should answer. */
  private List<JmxAddress> others(Map<String, Node> reached) throws InterruptedException {
    int port = addresses.get(0).port();
    for (Node node : reached.values()) {
      try {
        List<String> live = node.live();
        return node.members().entrySet().stream()
            .filter(member -> !known.containsKey(member.getValue()))
            .filter(member -> live.contains(member.getKey()))
            .map(member -> JmxAddress.parse(host(member.getKey()), port))
            .toList();
      } catch (NodeTroubleException e) {
        // Another one may tell.
      }
    }
    return List.of();
  }

  private static String host(String endpoint) {
    return endpoint.substring(0, endpoint.lastIndexOf(':'));
  }

  /** How many do not answer. */
  private int connect(List<JmxAddress> wanted, Map<String, String> missing)
      throws InterruptedException {
    int unanswered = 0;
    Set<JmxAddress> have = known.values().stream().map(Node::address).collect(Collectors.toSet());
    List<JmxAddress> ask = wanted.stream().distinct().filter(a -> !have.contains(a)).toList();
    for (EachNode.Answer<JmxAddress, Node> each :
        EachNode.ask(ask, address -> Node.connect(address, access, patience))) {
      Node node = each.value();
      if (node == null) {
        String remedy =
            each.failure() instanceof NodeUnreachableException e ? "; " + e.remedy() : "";
        missing.put(each.node().toString(), each.reason() + remedy);
        unanswered++;
      } else if (known.putIfAbsent(node.hostId(), node) != null) {
        node.close(); // the same one by another address
      }
    }
    return unanswered;
  }

  /**
   * Members that none of the addresses reached: no node is forgotten.
   *
   * @return how many are down
   */
  private int addMembers(Map<String, Node> reached, Map<String, String> missing)
      throws InterruptedException {
    for (Node node : reached.values()) {
      try {
        List<String> live = node.live();
        int down = 0;
        for (Map.Entry<String, String> member : node.members().entrySet()) {
          boolean isDown = !live.contains(member.getKey());
          down += isDown ? 1 : 0;
          if (!known.containsKey(member.getValue())
              && (isDown || !isNamed(host(member.getKey()), missing))) {
            missing.put(
                member.getKey(),
                (isDown ? "the node is down" : "no given address reaches this member")
                    + " (host id "
                    + member.getValue()
                    + ")");
          }
        }
        return down;
      } catch (NodeTroubleException e) {
        // Another one may tell.
      }
    }
    return 0;
  }

  private static boolean isNamed(String host, Map<String, String> missing) {
    return missing.keySet().stream().anyMatch(name -> name.startsWith(host + ":"));
  }

  /** Those that were reached at any time, for what is to be put back. */
  List<Node> known() {
    return new ArrayList<>(known.values());
  }

  @Override
  public void close() {
    known.values().forEach(Node::close);
  }
}
