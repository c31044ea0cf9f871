package io.cassandratde.tools.rekey;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.cluster.CheckedKey;
import java.util.LinkedHashSet;
import java.util.Set;

/** Every node that can be asked fetches a new key, and all get the same (docs/RULES.md R15). */
final class NewKeyCheck {

  private NewKeyCheck() {}

  /**
   * Has them do so.
   *
   * @param mayNotBeServed some servers give no Pre-Active keys out
   * @return false: the servers do not
   */
  static boolean run(RekeyContext run, String id, boolean mayNotBeServed) throws Exception {
    Set<String> values = new LinkedHashSet<>();
    int nodes = 0;
    for (Node node : run.cluster().look().reached()) {
      try {
        CheckedKey checked =
            run.patience()
                .untilReached(
                    node.name(),
                    () -> node.ask(keys -> keys.checkKey(run.request().group(), id)),
                    e -> e instanceof NodeTroubleException trouble && !trouble.refused());
        values.add(checked.checkValue());
        nodes++;
      } catch (NodeTroubleException e) {
        if (!e.refused()) {
          run.troubles().add(node.name(), e.text());
        } else if (mayNotBeServed && values.isEmpty()) {
          run.display()
              .line(
                  "the servers give no Pre-Active key out, so it is activated first: " + e.text());
          return false;
        } else {
          throw new CommandFailure(
              ExitCode.REFUSED,
              "a node cannot use key %s, so %s stays in use: %s"
                  .formatted(id, run.request(), e.text()),
              e);
        }
      }
    }
    if (values.size() != 1) {
      throw new CommandFailure(
          ExitCode.REFUSED,
          values.isEmpty()
              ? "no node could check key " + id + "; " + run.request() + " stays in use"
              : "nodes see different keys under id %s (check values %s): they ask different servers; %s stays in use"
                  .formatted(id, values, run.request()));
    }
    run.display()
        .line(
            "key %s: the same check value %s on %d nodes"
                .formatted(id, values.iterator().next(), nodes));
    return true;
  }
}
