package io.cassandratde.tools.rekey;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.cluster.CurrentKey;
import io.cassandratde.tools.run.Stage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** No node seals with the key any more, and then it is retired: revoked, in a KMIP group. */
final class Switch implements Stage<RekeyContext> {

  @Override
  public String name() {
    return "SWITCH";
  }

  @Override
  public String what() {
    return "every node seals with the new key, then the old one is retired";
  }

  @Override
  public void run(RekeyContext run) throws Exception {
    RekeyRequest request = run.request();
    ReplacedKey old = run.keys().get(request.keyId());
    awaitNewKey(run, old);
    run.keys().retire(run, old);
    // Whoever came back meanwhile must know it too.
    awaitNewKey(run, old);
  }

  private static void awaitNewKey(RekeyContext run, ReplacedKey old) throws Exception {
    String left = run.patience().until(() -> sealingWithOther(run, old));
    if (left != null) {
      throw new CommandFailure(
          ExitCode.INCOMPLETE,
          "not every node seals with the new key yet; nothing is rewritten before. Run the same"
              + " command again: "
              + left);
    }
    run.display().line("every node that can be asked seals with key " + run.state().newKeyId());
  }

  private static @Nullable String sealingWithOther(RekeyContext run, ReplacedKey old)
      throws Exception {
    List<String> others = new ArrayList<>();
    for (Node node : run.cluster().look().reached()) {
      try {
        for (CurrentKey current : CurrentKeys.refreshed(node, run.request(), old)) {
          if (!String.valueOf(current.keyId()).equals(run.state().newKeyId())) {
            others.add(
                node
                    + " seals with key "
                    + current.keyId()
                    + (current.lastFailure() == null ? "" : " (" + current.lastFailure() + ")"));
          }
        }
      } catch (NodeTroubleException e) {
        others.add(e.text());
      }
    }
    return others.isEmpty() ? null : String.join("; ", others);
  }
}
