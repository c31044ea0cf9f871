package io.cassandratde.tools.cluster;

import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.jmx.NodeConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.management.JMException;
import org.jspecify.annotations.Nullable;

/**
 * What goes on with keys in a cluster.
 *
 * @param stages of new keys
 * @param stagesFailure why the stages are not known; null: they are
 */
public record ClusterStatus(
    List<NodeStatus> nodes, List<KeyStage> stages, @Nullable String stagesFailure) {

  /** All nodes at once; those that cannot be asked are in the answer. */
  public static ClusterStatus read(ClusterNodes cluster) throws InterruptedException {
    List<NodeStatus> nodes = new ArrayList<>();
    for (EachNode.Answer<NodeConnection, NodeStatus> each :
        EachNode.ask(cluster.connected(), node -> read(cluster, node))) {
      NodeStatus status = each.value();
      String name = each.node().address().toString();
      nodes.add(
          status == null
              ? NodeStatus.silent(name, null, null, name + ": " + each.reason())
              : status);
    }
    for (ClusterNodes.Missing missing : cluster.missing()) {
      String id = missing.hostId();
      nodes.add(
          NodeStatus.silent(
              missing.node(), id, ClusterInventory.place(cluster.member(id)), missing.reason()));
    }
    String failure = "no node could be asked";
    for (NodeConnection node : cluster.connected()) {
      try {
        return new ClusterStatus(nodes, new NodeKeys(node).keyStages(), null);
      } catch (NodeFailureException e) {
        failure = String.valueOf(e.getMessage());
      }
    }
    return new ClusterStatus(nodes, List.of(), failure);
  }

  private static NodeStatus read(ClusterNodes cluster, NodeConnection node)
      throws IOException, JMException {
    String id = node.hostId();
    return NodeStatus.read(node, id, ClusterInventory.place(cluster.member(id)));
  }

  /** Nodes by the key that they seal with, for each key spec: one key each when they agree. */
  public Map<String, Map<String, List<String>>> currentKeys() {
    Map<String, Map<String, List<String>>> bySpec = new TreeMap<>();
    for (NodeStatus node : nodes) {
      for (CurrentKey key : node.current()) {
        bySpec
            .computeIfAbsent(key.spec(), none -> new TreeMap<>())
            .computeIfAbsent(
                key.keyId() == null ? "none yet" : key.keyId(), none -> new ArrayList<>())
            .add(node.node());
      }
    }
    return bySpec;
  }

  /** Nodes that did not tell. */
  public List<NodeStatus> silent() {
    return nodes.stream().filter(node -> node.failure() != null).toList();
  }
}
