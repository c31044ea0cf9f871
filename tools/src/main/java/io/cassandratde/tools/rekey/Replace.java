package io.cassandratde.tools.rekey;

import io.cassandratde.tools.run.Stage;

/** Live SSTables are brought from under the key, node by node. */
final class Replace implements Stage<RekeyContext> {

  private final boolean rewrap;

  Replace(boolean rewrap) {
    this.rewrap = rewrap;
  }

  @Override
  public String name() {
    return rewrap ? "REWRAP" : "REWRITE";
  }

  @Override
  public String what() {
    return rewrap
        ? "carriers of the SSTables that need the key are replaced"
        : "the SSTables that need the key are rewritten";
  }

  @Override
  public void run(RekeyContext run) throws Exception {
    new Turns(run).take(node -> new NodeReplacement(run, node).run());
  }
}
