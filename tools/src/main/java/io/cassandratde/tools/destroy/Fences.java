package io.cassandratde.tools.destroy;

import io.cassandratde.tools.cluster.FencedKey;
import io.cassandratde.tools.jmx.NodeConnection;
import java.time.Instant;
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

  private final String group;
  private final String keyId;
  private final Consumer<String> warnings;

  /** The moments by which a fence is known from one that was put anew after a restart. */
  private final Map<NodeConnection, Instant> standing = new LinkedHashMap<>();

  /** Fences that were not there before. */
  private final List<NodeConnection> ours = new ArrayList<>();

  private final AtomicBoolean ended = new AtomicBoolean();

  Fences(String group, String keyId, Consumer<String> warnings) {
    this.group = group;
    this.keyId = keyId;
    this.warnings = warnings;
  }

  /** Puts them; what comes back are the nodes that refused or did not answer. */
  synchronized List<KeyNeed> put(List<NodeConnection> nodes) throws InterruptedException {
    List<KeyNeed> without = new ArrayList<>();
    // Whoever was asked may have fenced the key, also where the answer was lost.
    List<EachNode.Answer<Boolean>> before =
        EachNode.ask(nodes, node -> node.fences().stream().anyMatch(this::isThisKey));
    for (EachNode.Answer<Boolean> each : before) {
      if (each.failure() == null && !Boolean.TRUE.equals(each.value())) {
        ours.add(each.from());
      }
    }
    for (EachNode.Answer<FencedKey> each : EachNode.ask(nodes, node -> node.fence(group, keyId))) {
      if (each.value() == null) {
        without.add(KeyNeed.unknown(each.node(), "it cannot be fenced there: " + each.failure()));
      } else {
        standing.put(each.from(), each.value().since());
      }
    }
    return without;
  }

  /** Nodes on which the fence is not the one that was put. */
  synchronized List<KeyNeed> fallen() throws InterruptedException {
    List<KeyNeed> fallen = new ArrayList<>();
    for (EachNode.Answer<Boolean> each :
        EachNode.ask(
            List.copyOf(standing.keySet()),
            node ->
                node.fences().stream()
                    .filter(this::isThisKey)
                    .anyMatch(fence -> fence.since().equals(standing.get(node.node()))))) {
      if (!Boolean.TRUE.equals(each.value())) {
        String why =
            each.failure() == null
                ? "the node was restarted, or somebody ended it"
                : each.failure();
        fallen.add(KeyNeed.unknown(each.node(), "its fence does not stand any more: " + why));
      }
    }
    return fallen;
  }

  private boolean isThisKey(FencedKey fence) {
    return fence.group().equals(group) && fence.keyId().equals(keyId);
  }

  /** Ends those that were not there before; again, nothing. */
  @Override
  public void close() {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    try {
      for (EachNode.Answer<Boolean> each :
          EachNode.ask(List.copyOf(ours), node -> node.unfence(group, keyId))) {
        if (each.failure() != null) {
          warnings.accept(
              "the fence of key "
                  + keyId
                  + " on "
                  + each.node()
                  + " could not be ended; the node's next restart ends it: "
                  + each.failure());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
