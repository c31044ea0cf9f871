package io.cassandratde.tools.rekey;

import io.cassandratde.tools.cluster.KeyUse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Every node reads its disk once more. What goes by itself is waited for. */
final class Prove implements Stage {

  private @Nullable Proof proof;

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
    for (Proof.NodeProof node : result.nodes()) {
      run.display().line(node.node() + (node.isProven() ? ": unused" : ": NOT PROVED UNUSED"));
      node.openItems().forEach(item -> run.display().line("  " + item));
    }
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
    proof = Proof.of(run, at, reading);
    return reading;
  }

  /**
   * What is still there and goes by itself: files that Cassandra has replaced and not deleted yet,
   * and hints.
   */
  private static @Nullable String passing(RekeyContext run, Reading reading) {
    List<String> passing = new ArrayList<>();
    for (Reading.Told told : reading.told()) {
      boolean replaced =
          run.state().done().containsKey(told.node().hostId())
              && run.troubles().of(told.node().name()).isEmpty();
      for (KeyUse use : told.uses(run.request())) {
        if (use.place().equals("hints") || (use.place().equals("live") && replaced)) {
          passing.add(told.node() + ": " + Proof.text(use));
        }
      }
    }
    return passing.isEmpty() ? null : String.join("; ", passing);
  }
}
