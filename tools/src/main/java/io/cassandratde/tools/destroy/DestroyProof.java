package io.cassandratde.tools.destroy;

import io.cassandratde.tools.cluster.BackupHold;
import io.cassandratde.tools.cluster.CheckedKey;
import io.cassandratde.tools.cluster.EachNode;
import io.cassandratde.tools.cluster.NodeFailureException;
import io.cassandratde.tools.cluster.NodeInventory;
import io.cassandratde.tools.cluster.NodeKeys;
import io.cassandratde.tools.cluster.OpenItem;
import io.cassandratde.tools.cluster.SoughtKey;
import io.cassandratde.tools.jmx.ClusterNodes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Proves that no node of a cluster needs a key: fences it on every node, drains what can be
 * drained, has every node read its disk anew, and asks for the backups that somebody registered.
 * Who does not answer may need it. A node seals nothing under a fenced key and refuses the fence
 * while the key is current there, so a node that has not noticed the revoke within
 * key_cache_max_stale is found by asking, not by waiting.
 */
public final class DestroyProof implements AutoCloseable {

  /** Where not a node, but all of them are meant. */
  static final String CLUSTER = "cluster";

  private final ClusterNodes cluster;
  private final SoughtKey key;
  private final Instant now;
  private final Consumer<String> progress;
  private final Fences fences;
  private Set<String> members = Set.of();

  /**
   * Asks nobody yet.
   *
   * @param now what holds are judged by
   * @param progress lines for the operator
   * @param warnings of fences that could not be ended
   */
  public DestroyProof(
      ClusterNodes cluster,
      SoughtKey key,
      Instant now,
      Consumer<String> progress,
      Consumer<String> warnings) {
    this.cluster = cluster;
    this.key = key;
    this.now = now;
    this.progress = progress;
    fences = new Fences(key, warnings);
  }

  /**
   * All that speaks against destroying; none: it is proved, as long as {@link #changes} has none.
   */
  public List<KeyNeed> needs() throws InterruptedException {
    List<NodeKeys> nodes = NodeKeys.of(cluster);
    List<KeyNeed> needs = new ArrayList<>(unasked());
    learnCheckValues(nodes);
    needs.addAll(fences.put(nodes));
    progress.accept(
        "fenced on " + nodes(nodes.size()) + ": nothing new is sealed or opened under it");
    for (EachNode.Answer<NodeKeys, Examined> each : EachNode.ask(nodes, this::examine)) {
      Examined examined = each.value();
      if (examined == null) {
        needs.add(
            KeyNeed.unknown(
                each.node().name(), "it gave no inventory and may need any key: " + each.reason()));
        continue;
      }
      List<KeyNeed> found = needs(each.node().name(), examined);
      progress.accept(
          "%s: %d SSTables and all other files read: %s"
              .formatted(
                  each.node().name(),
                  examined.read().sstables(),
                  found.isEmpty() ? "nothing needs the key" : found.size() + " findings"));
      needs.addAll(found);
    }
    needs.addAll(holds(nodes));
    return needs;
  }

  /** What became untrue since: asked in the last moment before the key is destroyed. */
  public List<KeyNeed> changes() throws InterruptedException {
    List<KeyNeed> changes = new ArrayList<>(fences.fallen());
    Set<String> before = members;
    changes.addAll(unasked());
    if (!before.equals(members)) {
      changes.add(KeyNeed.unknown(CLUSTER, "its members are others than when the proof began"));
    }
    changes.addAll(holds(NodeKeys.of(cluster)));
    return changes;
  }

  /** Members of the ring, down ones too, that no connection leads to. */
  private List<KeyNeed> unasked() throws InterruptedException {
    List<KeyNeed> unasked = new ArrayList<>();
    Set<String> named = new TreeSet<>();
    cluster
        .unreachable()
        .forEach(
            node -> {
              named.add(node.node().substring(0, node.node().lastIndexOf(':')));
              unasked.add(
                  KeyNeed.unknown(
                      node.node(),
                      "it could not be asked and may need any key: " + node.failure()));
            });
    List<NodeKeys> nodes = NodeKeys.of(cluster);
    Set<String> ids = new TreeSet<>();
    Set<String> all = new TreeSet<>();
    for (EachNode.Answer<NodeKeys, String> each :
        EachNode.ask(nodes, node -> node.node().hostId())) {
      if (each.value() != null) {
        ids.add(each.value());
      }
    }
    for (EachNode.Answer<NodeKeys, Map<String, String>> each :
        EachNode.ask(nodes, node -> node.node().members())) {
      Map<String, String> told = each.value();
      if (told == null) {
        unasked.add(
            KeyNeed.unknown(each.node().name(), "it does not tell its cluster: " + each.reason()));
        continue;
      }
      told.forEach(
          (endpoint, id) -> {
            String host = endpoint.substring(0, endpoint.lastIndexOf(':'));
            if (all.add(id) && !ids.contains(id) && !named.contains(host)) {
              unasked.add(
                  KeyNeed.unknown(
                      endpoint,
                      "a member of the cluster that was not asked, host id "
                          + id
                          + ": name it too"));
            }
          });
    }
    members = all;
    return unasked;
  }

  /** As the nodes that can fetch the key tell it: each has asked a host of its own choice. */
  private void learnCheckValues(List<NodeKeys> nodes) throws InterruptedException {
    for (EachNode.Answer<NodeKeys, CheckedKey> each :
        EachNode.ask(nodes, node -> node.checkKey(key.group(), key.keyId()))) {
      if (each.value() != null) {
        key.learn(each.value());
      }
    }
  }

  /**
   * What one node has on its disk under the fence.
   *
   * @param unreleased why it keeps what it could have brought from under the key
   */
  private record Examined(NodeInventory read, List<String> unreleased) {}

  /** A node that releases something reads its disk once more: that reading counts. */
  private Examined examine(NodeKeys node) throws NodeFailureException, InterruptedException {
    NodeInventory read = node.readInventory();
    if (read.uses().stream().noneMatch(use -> key.isNeededBy(use) && use.isReleasable())) {
      return new Examined(read, List.of());
    }
    List<String> unreleased;
    try {
      unreleased = release(node);
    } catch (NodeFailureException e) {
      unreleased = List.of("it was not released there: " + e.getMessage());
    }
    return new Examined(node.readInventory(), unreleased);
  }

  /** What failed, if anything. */
  private List<String> release(NodeKeys node) throws NodeFailureException, InterruptedException {
    return KeyRelease.run(node, key.group(), key.keyId());
  }

  private List<KeyNeed> needs(String node, Examined examined) {
    List<KeyNeed> needs = new ArrayList<>();
    examined.unreleased().forEach(left -> needs.add(KeyNeed.unknown(node, left)));
    NodeInventory read = examined.read();
    read.uses().stream()
        .filter(key::isNeededBy)
        .forEach(use -> needs.add(KeyNeed.of(node, use, key)));
    for (OpenItem item : read.openItems()) {
      needs.add(
          KeyNeed.unknown(
              node, "%s %s may need any key: %s".formatted(item.kind(), item.path(), item.what())));
    }
    if (!read.complete() && read.openItems().isEmpty()) {
      needs.add(KeyNeed.unknown(node, "its reading is not complete"));
    }
    return needs;
  }

  /** Backups whose date lies ahead; every node is asked, since any may know one. */
  private List<KeyNeed> holds(List<NodeKeys> nodes) throws InterruptedException {
    List<KeyNeed> needs = new ArrayList<>();
    Set<BackupHold> ahead = new LinkedHashSet<>();
    for (EachNode.Answer<NodeKeys, List<BackupHold>> each :
        EachNode.ask(nodes, NodeKeys::backupHolds)) {
      if (each.value() == null) {
        needs.add(
            KeyNeed.unknown(
                each.node().name(), "it does not tell the registered backups: " + each.reason()));
      } else {
        each.value().stream()
            .filter(key::isNeededBy)
            .filter(hold -> hold.holdUntil().isAfter(now))
            .forEach(ahead::add);
      }
    }
    return Stream.concat(
            needs.stream(),
            ahead.stream()
                .map(
                    hold ->
                        KeyNeed.unknown(
                            CLUSTER,
                            "backup %s is held until %s%s"
                                .formatted(
                                    hold.name(),
                                    hold.holdUntil(),
                                    hold.note().isEmpty() ? "" : " (" + hold.note() + ")"))))
        .toList();
  }

  private static String nodes(int count) {
    return count == 1 ? "1 node" : count + " nodes";
  }

  /** Ends the fences. */
  @Override
  public void close() {
    fences.close();
  }
}
