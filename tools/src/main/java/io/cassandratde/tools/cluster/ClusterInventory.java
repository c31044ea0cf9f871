package io.cassandratde.tools.cluster;

import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.jmx.Member;
import io.cassandratde.tools.jmx.NodeConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import javax.management.JMException;
import org.jspecify.annotations.Nullable;

/** The inventory of every node of a cluster, or why a node gave none. */
public record ClusterInventory(List<Answer> nodes) {

  public ClusterInventory {
    nodes = List.copyOf(nodes);
  }

  /** What became of one node. */
  public sealed interface Answer {
    /** Its JMX address. */
    String node();

    /** Null: nobody knows whose address that is. */
    @Nullable String hostId();

    /** {@code dc1/rack1}; null where no node told. */
    @Nullable String place();
  }

  public record Told(String node, String hostId, @Nullable String place, NodeInventory inventory)
      implements Answer {

    Told only(Predicate<KeyUse> wanted) {
      NodeInventory all = inventory;
      return new Told(
          node,
          hostId,
          place,
          new NodeInventory(
              all.readAt(),
              all.millis(),
              all.complete(),
              all.sstables(),
              all.sstablesInClear(),
              all.uses().stream().filter(wanted).toList(),
              all.openItems()));
    }
  }

  /** An open item: this node may need any key. */
  public record Silent(String node, @Nullable String hostId, @Nullable String place, String reason)
      implements Answer {}

  /** Has all nodes read their disks now, at once; nodes that cannot be asked are in the answer. */
  public static ClusterInventory read(ClusterNodes cluster) throws InterruptedException {
    List<Answer> answers = new ArrayList<>();
    for (EachNode.Answer<NodeConnection, Answer> each :
        EachNode.ask(cluster.connected(), node -> read(cluster, node))) {
      Answer answer = each.value();
      String name = each.node().address().toString();
      answers.add(
          answer == null ? new Silent(name, null, null, name + ": " + each.reason()) : answer);
    }
    for (ClusterNodes.Missing missing : cluster.missing()) {
      String id = missing.hostId();
      answers.add(new Silent(missing.node(), id, place(cluster.member(id)), missing.reason()));
    }
    return new ClusterInventory(answers);
  }

  private static Answer read(ClusterNodes cluster, NodeConnection node)
      throws IOException, JMException {
    String name = node.address().toString();
    String id = node.hostId();
    String place = place(cluster.member(id));
    try {
      return new Told(name, id, place, new NodeKeys(node).readInventory());
    } catch (NodeFailureException e) {
      return new Silent(name, id, place, String.valueOf(e.getMessage()));
    }
  }

  static @Nullable String place(@Nullable Member member) {
    return member == null ? null : member.place();
  }

  /** The same answers, of these uses alone; open items stay, for they may need any key. */
  public ClusterInventory only(Predicate<KeyUse> wanted) {
    return new ClusterInventory(
        nodes.stream().map(node -> node instanceof Told told ? told.only(wanted) : node).toList());
  }

  /** What may need any key: nodes that said nothing, and what others could not read. */
  public List<String> openItems() {
    List<String> open = new ArrayList<>();
    for (Answer node : nodes) {
      if (node instanceof Silent silent) {
        // What a node or its connection says names the node already.
        String name = silent.node() + ": ";
        open.add(silent.reason().startsWith(name) ? silent.reason() : name + silent.reason());
      } else if (node instanceof Told told) {
        NodeInventory inventory = told.inventory();
        for (OpenItem item : inventory.openItems()) {
          open.add(told.node() + ": " + item.kind() + ": " + item.path() + ": " + item.what());
        }
        if (!inventory.complete() && inventory.openItems().isEmpty()) {
          open.add(told.node() + ": not everything was read");
        }
      }
    }
    return open;
  }

  public List<Told> told() {
    return nodes.stream().filter(Told.class::isInstance).map(Told.class::cast).toList();
  }

  public List<Silent> silent() {
    return nodes.stream().filter(Silent.class::isInstance).map(Silent.class::cast).toList();
  }
}
