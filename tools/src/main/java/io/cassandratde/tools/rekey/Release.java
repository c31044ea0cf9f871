package io.cassandratde.tools.rekey;

import io.cassandratde.tools.cluster.KeyUse;
import io.cassandratde.tools.cluster.NodeKeys;
import io.cassandratde.tools.cluster.NodeOperation;
import io.cassandratde.tools.run.Stage;
import java.util.List;

/** Commit log, saved caches and Paxos state are brought from under the key. */
final class Release implements Stage<RekeyContext> {

  @Override
  public String name() {
    return "RELEASE";
  }

  @Override
  public String what() {
    return "commit log, saved caches and Paxos state";
  }

  @Override
  public void run(RekeyContext run) throws Exception {
    new Turns(run).take(node -> release(run, node));
  }

  private static void release(RekeyContext run, Node node) throws Exception {
    RekeyRequest request = run.request();
    try {
      NodeOperation ended =
          run.patience()
              .untilReached(
                  node.name(),
                  () -> {
                    node.requireServing();
                    List<KeyUse> held =
                        new Reading.Told(node, node.ask(NodeKeys::readInventory)).uses(run.key());
                    if (held.stream().noneMatch(KeyUse::isReleasable)) {
                      return null;
                    }
                    return new FollowedOperation(
                            run,
                            node,
                            "release",
                            keys -> keys.release(request.group(), request.keyId()))
                        .toItsEnd();
                  },
                  e -> e instanceof NodeTroubleException trouble && !trouble.refused());
      if (ended == null) {
        run.display().line(node + ": nothing is held");
      } else if (ended.state() == NodeOperation.State.DONE) {
        run.display().line(node + ": released");
      } else if (ended.state() == NodeOperation.State.CANCELLED) {
        run.troubles().stopped(node.name(), NodeReplacement.text(ended));
      } else {
        run.troubles().add(node.name(), NodeReplacement.text(ended));
      }
    } catch (NodeTroubleException e) {
      run.troubles().add(node.name(), e.text());
    }
  }
}
