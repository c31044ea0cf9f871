package io.cassandratde.tools.shred;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.cluster.EachNode;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.jmx.NodeConnection;
import io.cassandratde.tools.output.Printable;
import io.cassandratde.tools.run.Stage;
import io.cassandratde.tools.shred.NodeDrain.Left;
import java.util.ArrayList;
import java.util.List;

/** On no node anything is left of the keyspace that waits, was kept, or is not deleted yet. */
final class DrainStage implements Stage<ShredRun> {

  @Override
  public String name() {
    return "DRAIN";
  }

  @Override
  public String what() {
    return "snapshots, commit log, hints, batches, change data and files that are left";
  }

  @Override
  public void run(ShredRun run) throws Exception {
    List<Left> last = new ArrayList<>();
    try (ClusterNodes cluster = run.nodes().connect()) {
      traces(run, cluster);
      var unused =
          run.patience()
              .until(
                  () -> {
                    last.clear();
                    last.addAll(left(run, cluster));
                    return last.stream().anyMatch(Left::passes) ? text(last) : null;
                  });
      if (last.isEmpty()) {
        run.display().line("nothing is left of it on any node");
        return;
      }
    }
    run.terminal().out().flush();
    run.terminal().err().println("LEFT of the keyspace:");
    last.forEach(each -> run.terminal().err().println(Printable.of("  " + each.what())));
    throw new CommandFailure(
        ExitCode.INCOMPLETE,
        "no key was destroyed: something is left of keyspace %s (%d findings above); see to it, and run the same command again"
            .formatted(run.request().keyspace(), last.size()));
  }

  private static String text(List<Left> left) {
    return left.get(0).what() + (left.size() == 1 ? "" : " and " + (left.size() - 1) + " more");
  }

  private static List<Left> left(ShredRun run, ClusterNodes cluster) throws InterruptedException {
    List<Left> left = new ArrayList<>();
    for (EachNode.Answer<NodeConnection, List<Left>> each :
        EachNode.ask(cluster.connected(), node -> new NodeDrain(run, node).left())) {
      List<Left> told = each.value();
      String name = each.node().address().toString();
      if (told == null) {
        String why = each.reason();
        left.add(new Left(why.startsWith(name) ? why : name + ": " + why, true));
      } else {
        told.forEach(one -> left.add(new Left(name + ": " + one.what(), one.passes())));
      }
    }
    return left;
  }

  /** They are of all sessions, so they go by consent, or by their time to live. */
  private static void traces(ShredRun run, ClusterNodes cluster) throws Exception {
    String what = "traces truncated (system_traces)";
    if (run.state().isDone(what)) {
      return;
    }
    boolean any = false;
    for (NodeConnection node : cluster.connected()) {
      NodeDrain drain = new NodeDrain(run, node);
      any |= drain.hasTraces();
    }
    if (any && run.request().truncateTraces()) {
      new NodeDrain(run, cluster.connected().get(0)).truncateTraces();
      run.state().done(what, run.patience().now());
      run.display().line(what);
    } else if (any) {
      run.state()
          .notErased(
              "traces of sessions (system_traces) may hold its statements and values; they expire a"
                  + " day after each, or say --truncate-traces");
    }
  }
}
