package io.cassandratde.tools.cluster;

import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.jmx.NodeConnection;
import io.cassandratde.tools.jmx.NodeResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The inventory of every node of a cluster, or why a node gave none. */
public record ClusterInventory(List<Answer> nodes) {

  public ClusterInventory {
    nodes = List.copyOf(nodes);
  }

  /** What became of one node. */
  public sealed interface Answer {
    /** Its JMX address, or its cluster address when JMX was never reached. */
    String node();
  }

  public record Told(String node, String hostId, NodeInventory inventory) implements Answer {}

  /** An open item: this node may need any key. */
  public record Silent(String node, String reason) implements Answer {}

  /** Has all nodes read their disks now, at once; nodes that cannot be asked are in the answer. */
  public static ClusterInventory read(ClusterNodes cluster) throws InterruptedException {
    List<NodeConnection> connected = cluster.connected();
    List<Answer> answers = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(Math.max(1, connected.size()));
    try {
      List<Future<Answer>> asked =
          connected.stream().map(node -> threads.submit(() -> read(node))).toList();
      for (Future<Answer> each : asked) {
        answers.add(each.get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      threads.shutdownNow();
    }
    for (NodeResult missing : cluster.unreachable()) {
      answers.add(new Silent(missing.node(), Objects.requireNonNull(missing.failure())));
    }
    return new ClusterInventory(answers);
  }

  private static Answer read(NodeConnection node) {
    String name = node.address().toString();
    try {
      return new Told(name, node.hostId(), new NodeKeys(node).readInventory());
    } catch (NodeFailureException e) {
      return new Silent(name, String.valueOf(e.getMessage()));
    } catch (Exception e) {
      return new Silent(name, NodeConnection.rootMessage(e));
    }
  }

  public List<Told> told() {
    return nodes.stream().filter(Told.class::isInstance).map(Told.class::cast).toList();
  }

  public List<Silent> silent() {
    return nodes.stream().filter(Silent.class::isInstance).map(Silent.class::cast).toList();
  }
}
