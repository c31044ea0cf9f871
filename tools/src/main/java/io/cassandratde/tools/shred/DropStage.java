package io.cassandratde.tools.shred;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.cluster.ClusterInventory;
import io.cassandratde.tools.cluster.EachNode;
import io.cassandratde.tools.cluster.NodeKeys;
import io.cassandratde.tools.cluster.NodeStorage;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.jmx.NodeConnection;
import io.cassandratde.tools.run.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** No node knows the keyspace any more. */
final class DropStage implements Stage<ShredRun> {

  @Override
  public String name() {
    return "DROP";
  }

  @Override
  public String what() {
    return "the keyspace, on every node";
  }

  @Override
  public void run(ShredRun run) throws Exception {
    String keyspace = run.request().keyspace();
    try (ClusterNodes cluster = run.nodes().connect()) {
      Left left = knowing(cluster, keyspace);
      if (left.text() != null) {
        // A node's clean-up may take the segments before they could be asked for again.
        rememberSegments(run, cluster);
        if (!run.request().dropped()) {
          var unused =
              run.audit()
                  .operation("dropkeyspace")
                  .option("command", "shred")
                  .option("keyspace", keyspace)
                  .run(
                      () -> {
                        run.drop().keyspace(keyspace);
                        return keyspace;
                      });
        }
      }
      String still = run.patience().until(() -> knowing(cluster, keyspace).text());
      if (still != null) {
        throw new CommandFailure(
            ExitCode.INCOMPLETE,
            "no key was touched: keyspace %s is not dropped everywhere: %s. %s"
                .formatted(
                    keyspace,
                    still,
                    run.request().dropped()
                        ? "DROP KEYSPACE it, and run the same command again"
                        : "See to it, and run the same command again"));
      }
      List<TenantKey> before = run.state().keys();
      addLateKeys(run, ClusterInventory.read(cluster));
      if (!run.state().keys().equals(before)) {
        requireConsent(run, cluster);
      }
    }
    if (run.state().dropped() == null) {
      run.state().dropped(run.patience().now());
    }
    run.display().line("no node knows keyspace " + keyspace);
  }

  /** Rows that came after the plan may have made a key, which the snapshot of the drop names. */
  private static void addLateKeys(ShredRun run, ClusterInventory inventory) {
    run.state()
        .found(
            TenantPlan.of(
                    run.request().keyspace(),
                    inventory,
                    run.state().keys(),
                    run.servers()::has,
                    List.of())
                .keys()
                .stream()
                .filter(key -> run.servers().has(key.group()))
                .toList());
  }

  /** The people who approved the shred did not know of a key that was made since. */
  private static void requireConsent(ShredRun run, ClusterNodes cluster) throws Exception {
    try {
      run.consent().require(run, cluster, run.state().keys(), run.state().tableIds());
    } catch (CommandFailure e) {
      throw new CommandFailure(
          e.exitCode(),
          e.getMessage()
              + ". The keyspace is dropped; rows that were written since the approval made another"
              + " key: ask for approval of both with --request-approval, and run it again with it",
          e);
    }
  }

  /** Null: no node. */
  private record Left(@Nullable String text) {}

  private static Left knowing(ClusterNodes cluster, String keyspace) throws InterruptedException {
    List<String> left = new ArrayList<>();
    for (EachNode.Answer<NodeConnection, Set<String>> each :
        EachNode.ask(cluster.connected(), node -> new NodeStorage(node).keyspaces())) {
      Set<String> known = each.value();
      if (known == null) {
        left.add(each.reason());
      } else if (known.contains(keyspace)) {
        left.add(each.node().address() + " knows it");
      }
    }
    return new Left(left.isEmpty() ? null : String.join("; ", left));
  }

  private static void rememberSegments(ShredRun run, ClusterNodes cluster) throws Exception {
    for (NodeConnection node : cluster.connected()) {
      NodeStorage storage = new NodeStorage(node);
      Set<String> may = new TreeSet<>(storage.segments());
      may.addAll(new NodeKeys(node).changeSegments());
      run.state().mayHold(storage.hostId(), may);
    }
  }
}
