package io.cassandratde.tools.rekey;

import io.cassandratde.tools.cluster.EachNode;
import io.cassandratde.tools.cluster.FencedKey;
import io.cassandratde.tools.cluster.KeyUse;
import io.cassandratde.tools.cluster.NodeKeys;
import io.cassandratde.tools.cluster.OpenItem;
import io.cassandratde.tools.run.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Every node reads its disk once more. What goes by itself is waited for. */
final class Prove implements Stage<RekeyContext> {

  private @Nullable Proof proof;

  /** How often, one after the other, live SSTables of a node that was done needed the key. */
  private final Map<String, Integer> looks = new HashMap<>();

  @Override
  public String name() {
    return "PROOF";
  }

  @Override
  public String what() {
    return "every node reads its disk again";
  }

  @Override
  public void run(RekeyContext run) throws Exception {
    var unused = run.patience().until(() -> passing(run, read(run)));
    Proof result = proof();
    Path temporary =
        Files.writeString(
            run.request().proof().resolveSibling(run.request().proof().getFileName() + ".tmp"),
            result.json());
    move(temporary, run.request().proof());
    run.state().proven(result.isProven() ? result.at() : null);
    if (result.isProven()) {
      run.keys().unneeded(run, run.keys().get(run.request().keyId()));
    }
    for (Proof.NodeProof node : result.nodes()) {
      run.display().line(node.node() + (node.isProven() ? ": unused" : ": NOT PROVED UNUSED"));
      node.openItems().forEach(item -> run.display().line("  " + item));
    }
  }

  /** At the 4th look, the 8th, the 16th and so on. */
  private static boolean isStaying(int looks) {
    return looks >= 4 && Integer.bitCount(looks) == 1;
  }

  private static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  Proof proof() {
    if (proof == null) {
      throw new IllegalStateException("no proof was attempted");
    }
    return proof;
  }

  private Reading read(RekeyContext run) throws InterruptedException {
    Instant at = run.patience().now();
    Reading reading = Reading.of(run.cluster().look());
    proof = Proof.of(run, at, reading, fences(run, reading));
    return reading;
  }

  /** Of nodes that tell; a fence that is older than the reading held while the node read. */
  private static Map<String, Instant> fences(RekeyContext run, Reading reading)
      throws InterruptedException {
    Map<String, Instant> fenced = new TreeMap<>();
    List<Node> nodes = reading.told().stream().map(Reading.Told::node).toList();
    for (EachNode.Answer<Node, List<FencedKey>> each :
        EachNode.ask(nodes, node -> node.ask(NodeKeys::fences))) {
      if (each.value() != null) {
        each.value().stream()
            .filter(run.key()::isFencedBy)
            .forEach(fence -> fenced.put(each.node().hostId(), fence.since()));
      }
    }
    return fenced;
  }

  /**
   * What is still there and goes by itself: files that Cassandra has replaced and not deleted yet,
   * those that it is writing, hints, and the silence of a node that is being restarted. Live
   * SSTables that stay came after the node's turn, from a stream or a restart, and are brought from
   * under the key as the others were.
   */
  private @Nullable String passing(RekeyContext run, Reading reading) throws Exception {
    List<String> passing = new ArrayList<>();
    for (Node node : run.cluster().known()) {
      String silence = reading.silent().get(node.name());
      if (silence != null && run.troubles().of(node.name()).isEmpty()) {
        passing.add(silence);
      }
    }
    for (Reading.Told told : reading.told()) {
      boolean replaced =
          run.state().done().containsKey(told.node().hostId())
              && run.troubles().of(told.node().name()).isEmpty();
      for (KeyUse use : told.uses(run.key())) {
        if (use.place().equals("hints") || (use.place().equals("live") && replaced)) {
          passing.add(told.node() + ": " + Proof.text(use));
        }
      }
      for (OpenItem item : told.inventory().openItems()) {
        if (item.isBeingWritten()) {
          passing.add(told.node() + ": " + item);
        }
      }
      if (!replaced || told.live(run.key()).isEmpty()) {
        looks.remove(told.node().hostId());
      } else if (isStaying(looks.merge(told.node().hostId(), 1, Integer::sum))) {
        new NodeReplacement(run, told.node()).run();
      }
    }
    return passing.isEmpty() ? null : String.join("; ", passing);
  }
}
