package io.cassandratde.tools.rekey;

import io.cassandratde.tools.run.Stage;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A key of the same spec, which every node has fetched and checked before it becomes current
 * (docs/RULES.md R15). None is made where the nodes have left the key for another one already.
 */
final class NewKey implements Stage<RekeyContext> {

  @Override
  public String name() {
    return "NEW KEY";
  }

  @Override
  public String what() {
    return "made, checked on every node, then activated";
  }

  @Override
  public void run(RekeyContext run) throws Exception {
    ReplacedKey old = run.keys().get(run.request().keyId());
    if (run.state().newKeyId() == null && run.state().newKeyName() == null) {
      String other = inUseInstead(run, old);
      if (other != null) {
        run.state().newKeyIs(other);
        run.display().line("the nodes seal with key " + other + " already; no key is made");
        return;
      }
    }
    run.keys().makeSuccessor(run, old);
  }

  /** The one key that all nodes that tell seal this spec with, if it is another; else null. */
  private static @Nullable String inUseInstead(RekeyContext run, ReplacedKey old) throws Exception {
    Set<String> current = new LinkedHashSet<>();
    for (Node node : run.cluster().look().reached()) {
      try {
        CurrentKeys.of(node, run.request(), old).forEach(key -> current.add(key.keyId()));
      } catch (NodeTroubleException e) {
        run.display().line("  OPEN: " + e.text());
      }
    }
    if (current.size() != 1) {
      return null;
    }
    String only = current.iterator().next();
    return only.equals(old.id()) ? null : only;
  }
}
