package io.cassandratde.tools.rekey;

import io.cassandratde.keys.kmip.KeyAdministration;
import io.cassandratde.keys.kmip.KeyFacts;
import io.cassandratde.kmip.KeyState;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.cluster.CurrentKey;
import io.cassandratde.tools.run.Stage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** No node seals with the key any more, and then it is revoked. */
final class Switch implements Stage<RekeyContext> {

  @Override
  public String name() {
    return "SWITCH";
  }

  @Override
  public String what() {
    return "every node seals with the new key, then the old one is revoked";
  }

  @Override
  public void run(RekeyContext run) throws Exception {
    RekeyRequest request = run.request();
    KeyFacts old = run.keys().get(request.keyId());
    awaitNewKey(run, old);
    if (old.state() == KeyState.DEACTIVATED || old.state() == KeyState.COMPROMISED) {
      run.display().line(request + " is " + old.state().label() + " already");
    } else {
      KeyAdministration.Changed changed =
          run.keys().revoke(request.keyId(), request.reason(), request.message(), request.force());
      KeyState now = changed.key().state();
      run.display().line(request + " is revoked: " + (now == null ? "?" : now.label()));
      changed.warnings().forEach(warning -> run.display().line("  " + warning));
    }
    // Whoever came back meanwhile must know it too.
    awaitNewKey(run, old);
  }

  private static void awaitNewKey(RekeyContext run, KeyFacts old) throws Exception {
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

  private static @Nullable String sealingWithOther(RekeyContext run, KeyFacts old)
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
