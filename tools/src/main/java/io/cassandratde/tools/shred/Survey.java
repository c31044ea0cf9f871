package io.cassandratde.tools.shred;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.cluster.BackupHold;
import io.cassandratde.tools.cluster.ClearFiles;
import io.cassandratde.tools.cluster.ClusterInventory;
import io.cassandratde.tools.cluster.EachNode;
import io.cassandratde.tools.cluster.NodeFailureException;
import io.cassandratde.tools.cluster.NodeKeys;
import io.cassandratde.tools.cluster.NodeStorage;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.jmx.NodeConnection;
import io.cassandratde.tools.output.Bytes;
import io.cassandratde.tools.output.Printable;
import io.cassandratde.tools.output.TextTable;
import io.cassandratde.tools.run.Stage;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Which keys the keyspace needs, and whether anything else needs them. Changes nothing. */
final class Survey implements Stage<ShredRun> {

  @Override
  public String name() {
    return "PLAN";
  }

  @Override
  public String what() {
    return "which keys the keyspace's files need, and what else needs them";
  }

  @Override
  public void run(ShredRun run) throws Exception {
    try (ClusterNodes cluster = run.nodes().connect()) {
      List<String> trouble = new ArrayList<>();
      List<String> clear = clear(run, cluster, trouble);
      Set<String> tableIds = tableIds(run, cluster, trouble);
      TenantPlan plan = plan(run, cluster, trouble);
      show(run, plan);
      clear.forEach(
          each -> run.display().line("  readable without a key, so copies stay so: " + each));
      require(run, plan);
      if (run.request().dryRun()) {
        return;
      }
      run.consent().require(run, cluster, plan.keys(), tableIds);
      if (run.consent().isRequest()) {
        return;
      }
      run.confirmation().require(plan);
      run.state().found(plan.keys());
      run.state().hadTables(tableIds);
      clear.forEach(
          each -> run.state().notErased("copies of what was readable without a key: " + each));
    }
  }

  /** Of those that a node knows, and of those that an earlier run had dropped. */
  private static Set<String> tableIds(ShredRun run, ClusterNodes cluster, List<String> trouble)
      throws InterruptedException {
    Set<String> ids = new TreeSet<>(run.state().tableIds());
    for (EachNode.Answer<NodeKeys, List<String>> each :
        EachNode.ask(NodeKeys.of(cluster), node -> node.tableIds(run.request().keyspace()))) {
      List<String> known = each.value();
      if (known == null) {
        trouble.add(each.reason());
      } else {
        ids.addAll(known);
      }
    }
    return ids;
  }

  private static TenantPlan plan(ShredRun run, ClusterNodes cluster, List<String> trouble)
      throws Exception {
    String keyspace = run.request().keyspace();
    Set<String> knowing = new TreeSet<>();
    for (NodeConnection node : cluster.connected()) {
      NodeStorage storage = new NodeStorage(node);
      try {
        if (storage.keyspaces().contains(keyspace)) {
          knowing.add(storage.name());
          if (!run.request().dryRun()) {
            storage.flush(keyspace); // what is in memory has its key now, not at the drop
          }
        }
      } catch (NodeFailureException e) {
        trouble.add(String.valueOf(e.getMessage()));
      }
    }
    if (knowing.isEmpty() && trouble.isEmpty() && run.state().keys().isEmpty()) {
      throw new CommandFailure(
          ExitCode.NOT_FOUND,
          "no node knows a keyspace "
              + keyspace
              + ", and no earlier run has remembered its keys; those of a keyspace that was dropped"
              + " before are destroyed by managekmip destroy");
    }
    Set<BackupHold> holds = new LinkedHashSet<>();
    for (NodeConnection node : cluster.connected()) {
      try {
        new NodeKeys(node)
            .backupHolds().stream()
                .filter(hold -> hold.holdUntil().isAfter(run.patience().now()))
                .forEach(holds::add);
      } catch (NodeFailureException e) {
        trouble.add(String.valueOf(e.getMessage()));
      }
    }
    cluster
        .unnamed()
        .forEach(
            member ->
                trouble.add(
                    member.endpoint()
                        + ": a member of the cluster that was not asked: name it too"));
    TenantPlan plan =
        TenantPlan.of(
            keyspace,
            ClusterInventory.read(cluster),
            run.state().keys(),
            run.servers()::has,
            holds);
    trouble.addAll(plan.unknown());
    return new TenantPlan(
        keyspace, plan.keys(), plan.uses(), plan.emptied(), plan.shared(), trouble);
  }

  /** Plaintext, and what the codec mode leaves readable beside Data.db. */
  private static List<String> clear(ShredRun run, ClusterNodes cluster, List<String> trouble) {
    List<String> clear = new ArrayList<>();
    for (NodeConnection node : cluster.connected()) {
      NodeKeys keys = new NodeKeys(node);
      try {
        keys.filesInClear(run.request().keyspace()).stream()
            .filter(each -> each.table() != null)
            .forEach(each -> clear.add(keys.name() + ": " + text(each)));
      } catch (NodeFailureException e) {
        trouble.add(String.valueOf(e.getMessage()));
      }
    }
    return clear;
  }

  private static String text(ClearFiles files) {
    return "%s, %s%s: %d files (%s)"
        .formatted(
            files.table(),
            files.place(),
            files.snapshot().isEmpty() ? "" : " " + files.snapshot(),
            files.files(),
            files.form().equals("codec")
                ? "codec mode: indexes, statistics and so keys of partitions"
                : files.form());
  }

  private static void show(ShredRun run, TenantPlan plan) {
    TextTable table =
        new TextTable(List.of("Group", "Key ID", "Nodes", "Live", "Snapshots", "Backups", "Bytes"));
    for (TenantKey key : plan.keys()) {
      List<TenantPlan.Located> uses =
          plan.uses().stream().filter(each -> key.isNeededBy(each.use())).toList();
      table.row(
          List.of(
              key.group(),
              key.keyId(),
              String.valueOf(uses.stream().map(TenantPlan.Located::node).distinct().count()),
              files(uses, "live"),
              files(uses, "snapshot"),
              files(uses, "backup"),
              Bytes.print(uses.stream().mapToLong(each -> each.use().bytes()).sum())));
    }
    table.lines().forEach(line -> run.display().line("  " + line));
    plan.emptied()
        .forEach(each -> run.display().line("  to be emptied, nobody's data goes: " + each));
    plan.found("snapshot").forEach(each -> run.display().line("  snapshot on " + each));
    plan.found("backup")
        .forEach(
            each -> run.display().line("  incremental backups, to be removed by hand, on " + each));
  }

  private static String files(List<TenantPlan.Located> uses, String place) {
    return String.valueOf(
        uses.stream()
            .filter(each -> each.use().place().equals(place))
            .mapToLong(each -> each.use().files())
            .sum());
  }

  private static void require(ShredRun run, TenantPlan plan) throws CommandFailure {
    String keyspace = run.request().keyspace();
    String only = run.request().group();
    List<TenantKey> others =
        plan.keys().stream().filter(key -> only != null && !key.group().equals(only)).toList();
    if (!others.isEmpty()) {
      throw new CommandFailure(
          ExitCode.REFUSED,
          "nothing was changed: files of keyspace %s need keys beside those of group %s: %s"
              .formatted(keyspace, only, others));
    }
    if (!plan.isClear()) {
      run.terminal().out().flush();
      print(run, "SHARED, so the key must stay:", plan.shared());
      print(run, "NOT KNOWN to be the keyspace's alone:", plan.unknown());
    }
    if (!plan.shared().isEmpty()) {
      throw new CommandFailure(
          ExitCode.STILL_NEEDED,
          "nothing was changed: keys of keyspace %s are needed by more than it (%d findings above)."
                  .formatted(keyspace, plan.shared().size())
              + " Give it keys of its own (key_namespace or another kmip_host in its tables'"
              + " compression, then upgradesstables -a "
              + keyspace
              + "), or bring the others from under these keys (rekey)");
    }
    if (!plan.unknown().isEmpty()) {
      throw new CommandFailure(
          ExitCode.INCOMPLETE,
          "nothing was changed: whether keys of keyspace %s are its own is not known (%d findings above)"
              .formatted(keyspace, plan.unknown().size()));
    }
    if (plan.keys().isEmpty()) {
      throw new CommandFailure(
          ExitCode.NOT_FOUND,
          "nothing was changed: no file of keyspace "
              + keyspace
              + " is under a key, so there is none to destroy: DROP KEYSPACE deletes the files, and"
              + " copies elsewhere stay readable");
    }
  }

  private static void print(ShredRun run, String head, List<String> lines) {
    if (!lines.isEmpty()) {
      run.terminal().err().println(head);
      lines.forEach(line -> run.terminal().err().println(Printable.of("  " + line)));
    }
  }
}
