package io.cassandratde.tools.rekey;

import io.cassandratde.tools.run.Stage;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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

  /** Nodes that come back while others work get their turn too. */
  @Override
  public void run(RekeyContext run) throws Exception {
    Set<String> tried = new HashSet<>();
    while (true) {
      List<Node> next =
          run.cluster().look().reached().stream().filter(node -> tried.add(node.hostId())).toList();
      if (next.isEmpty()) {
        return;
      }
      run.request().rolling().run(next, Node::rack, node -> new NodeReplacement(run, node).run());
    }
  }
}
