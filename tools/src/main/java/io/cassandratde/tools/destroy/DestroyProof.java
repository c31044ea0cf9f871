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
import io.cassandratde.tools.run.Display;
import io.cassandratde.tools.run.Patience;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Proves that no node of a cluster needs a key: fences it on every node, drains what can be
 * drained, has every node read its disk anew, and asks for the backups that somebody registered.
 * What passes by itself is waited for. Who does not answer may need it. A node seals nothing under
 * a fenced key and refuses the fence while the key is current there, so a node that has not noticed
 * the revoke within key_cache_max_stale is found by asking, not by waiting.
 */
public final class DestroyProof implements AutoCloseable {

  /** Where not a node, but all of them are meant. */
  static final String CLUSTER = "cluster";

  private final ClusterNodes cluster;
  private final SoughtKey key;
  private final Patience patience;
  private final Display display;
  private final Fences fences;

  /** What holds are judged by. */
  private final Instant now;

  private Set<String> members = Set.of();

  /** By each node's last reading of its disk. */
  private final Map<NodeKeys, List<KeyNeed>> onDisk = new LinkedHashMap<>();

  private final Map<NodeKeys, String> told = new LinkedHashMap<>();
  private List<KeyNeed> held = List.of();

  /**
   * Asks nobody yet.
   *
   * @param patience with what passes by itself
   * @param display for the operator
   * @param warnings of fences that could not be ended
   */
  public DestroyProof(
      ClusterNodes cluster,
      SoughtKey key,
      Patience patience,
      Display display,
      Consumer<String> warnings) {
    this.cluster = cluster;
    this.key = key;
    this.patience = patience;
    this.display = display;
    this.now = patience.now();
    fences = new Fences(key, warnings);
  }

  /**
   * All that speaks against destroying; none: it is proved, as long as {@link #changes} has none.
   */
  public List<KeyNeed> needs() throws Exception {
    List<NodeKeys> nodes = NodeKeys.of(cluster);
    List<KeyNeed> needs = new ArrayList<>(unasked());
    learnCheckValues(nodes);
    needs.addAll(fences.put(nodes));
    display.line("fenced on " + nodes(nodes.size()) + ": nothing new is sealed or opened under it");
    var unused = patience.until(() -> look(nodes));
    onDisk.values().forEach(needs::addAll);
    needs.addAll(held);
    return needs;
  }

  /**
   * Asks for all, then again where the last answer was one that passes by itself: files that are
   * being written, and registered backups that a node cannot read until it has noticed that a
   * replica of them is down. What is left of that; null: nothing.
   */
  private @Nullable String look(List<NodeKeys> nodes) throws InterruptedException {
    boolean first = onDisk.isEmpty();
    read(nodes.stream().filter(node -> first || isPassing(onDisk.get(node))).toList());
    if (first || isPassing(held)) {
      held = holds(nodes);
    }
    List<String> left =
        Stream.concat(onDisk.values().stream().flatMap(List::stream), held.stream())
            .filter(KeyNeed::passing)
            .map(KeyNeed::toString)
            .toList();
    return left.isEmpty() ? null : String.join("; ", left);
  }

  private static boolean isPassing(@Nullable List<KeyNeed> needs) {
    return needs != null && needs.stream().anyMatch(KeyNeed::passing);
  }

  private void read(List<NodeKeys> nodes) throws InterruptedException {
    for (EachNode.Answer<NodeKeys, Examined> each : EachNode.ask(nodes, this::examine)) {
      NodeKeys node = each.node();
      Examined examined = each.value();
      if (examined == null) {
        onDisk.put(
            node,
            List.of(
                KeyNeed.unknown(
                    node.name(), "it gave no inventory and may need any key: " + each.reason())));
        continue;
      }
      List<KeyNeed> found = needs(node.name(), examined);
      onDisk.put(node, found);
      String line =
          "%s: %d SSTables and all other files read: %s"
              .formatted(
                  node.name(),
                  examined.read().sstables(),
                  found.isEmpty() ? "nothing needs the key" : found.size() + " findings");
      if (!line.equals(told.put(node, line))) {
        display.line(line);
      }
    }
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
    return KeyRelease.run(node, key.group(), key.keyId(), patience);
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
              node,
              "%s %s may need any key: %s".formatted(item.kind(), item.path(), item.what()),
              item.isBeingWritten()));
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
                each.node().name(),
                "it does not tell the registered backups: " + each.reason(),
                true));
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

  /** Does what needs the fences, and ends them: also on Ctrl-C, which must not leave them. */
  public <T> T fenced(Callable<T> work) throws Exception {
    Thread hook = new Thread(this::close, "end-fences");
    Runtime.getRuntime().addShutdownHook(hook);
    try (this) {
      return work.call();
    } finally {
      removeHook(hook);
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // Ctrl-C came: the hook ends the fences, and this thread ends with the JVM.
    }
  }

  /** Ends the fences. */
  @Override
  public void close() {
    fences.close();
  }
}
