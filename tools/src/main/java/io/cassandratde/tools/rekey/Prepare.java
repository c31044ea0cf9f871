package io.cassandratde.tools.rekey;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.cluster.CheckedKey;
import io.cassandratde.tools.cluster.EachNode;
import io.cassandratde.tools.cluster.NodeKeys;
import io.cassandratde.tools.cluster.NodeOperation;
import io.cassandratde.tools.cluster.SoughtKey;
import io.cassandratde.tools.run.Stage;

/** The key is there, and the nodes say what needs it. Changes nothing. */
final class Prepare implements Stage<RekeyContext> {

  @Override
  public String name() {
    return "PREPARE";
  }

  @Override
  public String what() {
    return "what needs the key";
  }

  @Override
  public void run(RekeyContext run) throws Exception {
    RekeyRequest request = run.request();
    ReplacedKey key = run.keys().get(request.keyId());
    if (key.gone()) {
      throw new CommandFailure(
          ExitCode.REFUSED,
          "%s is %s: what needs it cannot be opened any more".formatted(request, key.state()));
    }
    run.display()
        .line(
            "%s: %s, AES:%d%s"
                .formatted(
                    request,
                    key.state(),
                    key.bits(),
                    key.namespace() == null ? "" : ", namespace " + key.namespace()));
    Cluster.Look look = awaitNodes(run);
    learnCheckValues(run, look);
    Reading reading = Reading.of(look);
    if (reading.told().isEmpty()) {
      throw new CommandFailure(
          ExitCode.UNREACHABLE, "no node tells what it needs: " + reading.silent());
    }
    Plan.of(request, run.key(), reading).show(request, run.display());
    reading
        .silent()
        .forEach((node, why) -> run.display().line("  OPEN: " + node + " was not asked: " + why));
    Headroom.require(run, reading);
    for (Node node : look.reached()) {
      showOperations(run, node);
    }
  }

  private static Cluster.Look awaitNodes(RekeyContext run) throws Exception {
    Cluster.Look[] look = {run.cluster().look()};
    if (!run.request().dryRun()) {
      var unused =
          run.patience()
              .until(
                  () -> {
                    if (isIncomplete(look[0])) {
                      look[0] = run.cluster().look();
                    }
                    return isIncomplete(look[0])
                        ? "nodes that are down, or do not answer (--wait 0 goes on at once): "
                            + look[0].missing()
                        : null;
                  });
    }
    return look[0];
  }

  /** One that was killed does not answer long before the others take it for dead. */
  private static boolean isIncomplete(Cluster.Look look) {
    return look.down() + look.unanswered() + look.away().size() > 0;
  }

  /** Each node asks a host of its own choice; where none can fetch the key, its id decides. */
  private static void learnCheckValues(RekeyContext run, Cluster.Look look)
      throws InterruptedException {
    SoughtKey key = run.key();
    for (EachNode.Answer<Node, CheckedKey> each :
        EachNode.ask(
            look.reached(), node -> node.ask(keys -> keys.checkKey(key.group(), key.keyId())))) {
      if (each.value() != null) {
        key.learn(each.value());
      }
    }
  }

  private static void showOperations(RekeyContext run, Node node) throws InterruptedException {
    try {
      for (NodeOperation each : node.ask(NodeKeys::operations)) {
        if (!each.state().hasEnded()) {
          run.display()
              .line(
                  "  %s is busy with %s of key %s of group %s (%s)"
                      .formatted(node, each.kind(), each.keyId(), each.group(), each.id()));
        }
      }
    } catch (NodeTroubleException e) {
      run.display().line("  OPEN: " + e.text());
    }
  }
}
