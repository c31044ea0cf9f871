package io.cassandratde.tools.rekey;

import io.cassandratde.tools.run.Stage;

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
      String other = CurrentKeys.otherThan(run, old, false);
      if (other != null) {
        run.state().newKeyIs(other);
        run.display().line("the nodes seal with key " + other + " already; no key is made");
        return;
      }
    }
    run.keys().makeSuccessor(run, old);
  }
}
