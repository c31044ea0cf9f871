package io.cassandratde.tools.destroy;

import io.cassandratde.tools.cluster.EachNode;
import io.cassandratde.tools.cluster.FencedKey;
import io.cassandratde.tools.cluster.NodeKeys;
import io.cassandratde.tools.cluster.SoughtKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A key fenced on all nodes: none begins anything with it. A node keeps its fence in memory, so one
 * that was restarted has none; {@link #fallen} tells.
 */
final class Fences implements AutoCloseable {

  private final SoughtKey key;
  private final Consumer<String> warnings;

  /** By their ids: one that was put anew, as after a restart, has another. */
  private final Map<NodeKeys, String> standing = new LinkedHashMap<>();

  /** Fences that were not there before. */
  private final List<NodeKeys> ours = new ArrayList<>();

  private final AtomicBoolean ended = new AtomicBoolean();

  Fences(SoughtKey key, Consumer<String> warnings) {
    this.key = key;
    this.warnings = warnings;
  }

  /** Puts them; what comes back are the nodes that refused or did not answer. */
  synchronized List<KeyNeed> put(List<NodeKeys> nodes) throws InterruptedException {
    List<KeyNeed> without = new ArrayList<>();
    // Whoever was asked may have fenced the key, also where the answer was lost.
    List<EachNode.Answer<NodeKeys, Boolean>> before =
        EachNode.ask(nodes, node -> node.fences().stream().anyMatch(key::isFencedBy));
    for (EachNode.Answer<NodeKeys, Boolean> each : before) {
      if (each.failure() == null && !Boolean.TRUE.equals(each.value())) {
        ours.add(each.node());
      }
    }
    for (EachNode.Answer<NodeKeys, FencedKey> each :
        EachNode.ask(nodes, node -> node.fence(key.group(), key.keyId()))) {
      if (each.value() == null) {
        without.add(
            KeyNeed.unknown(each.node().name(), "it cannot be fenced there: " + each.reason()));
      } else {
        standing.put(each.node(), each.value().id());
      }
    }
    return without;
  }

  /** Nodes on which the fence is not the one that was put. */
  synchronized List<KeyNeed> fallen() throws InterruptedException {
    List<KeyNeed> fallen = new ArrayList<>();
    for (EachNode.Answer<NodeKeys, Boolean> each :
        EachNode.ask(
            List.copyOf(standing.keySet()),
            node ->
                node.fences().stream()
                    .filter(key::isFencedBy)
                    .anyMatch(fence -> fence.id().equals(standing.get(node))))) {
      if (!Boolean.TRUE.equals(each.value())) {
        String why =
            each.failure() == null ? "the node was restarted, or somebody ended it" : each.reason();
        fallen.add(
            KeyNeed.unknown(each.node().name(), "its fence does not stand any more: " + why));
      }
    }
    return fallen;
  }

  /** Ends those that were not there before; again, nothing. */
  @Override
  public void close() {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    try {
      for (EachNode.Answer<NodeKeys, Boolean> each :
          EachNode.ask(List.copyOf(ours), node -> node.unfence(key.group(), key.keyId()))) {
        if (each.failure() != null) {
          warnings.accept(
              "the fence of key "
                  + key.keyId()
                  + " on "
                  + each.node().name()
                  + " could not be ended; the node's next restart ends it: "
                  + each.reason());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
