package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.Terminal;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.jmx.ClusterUpgrade;
import io.cassandratde.tools.jmx.NodeResult;
import io.cassandratde.tools.jmx.TableName;
import io.cassandratde.tools.jmx.UpgradeRequest;
import io.cassandratde.tools.rolling.Rolling;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** {@code upgradesstables} on every node, as nodetool does it on one. */
@Command(
    name = "upgradesstables",
    description =
        "Rewrite SSTables on every node of the cluster, one node at a time; after a key change use"
            + " -a, since the SSTable version stays the same")
public final class UpgradeSSTablesCommand extends TdeCommand {

  @AirlineModule private AskedNodes asked = new AskedNodes();
  @AirlineModule private RollingOptions rolling = new RollingOptions();

  @Option(
      name = {"-a", "--include-all-sstables"},
      description = "Rewrite all SSTables, those of the current version too")
  private boolean includeAll;

  @Option(
      name = {"-t", "--max-timestamp"},
      title = "milliseconds",
      description = "Only SSTables created before this time")
  private long maxTimestamp = UpgradeRequest.NO_LIMIT;

  @Arguments(
      title = {"keyspace", "table"},
      description = "A keyspace, and tables of it; without: all keyspaces, as nodetool")
  @Operands(form = "[<keyspace> [<table>...]]")
  private List<String> names = new ArrayList<>();

  @Override
  public ExitCode run(Session session) throws Exception {
    UpgradeRequest request =
        new UpgradeRequest(
            includeAll,
            rolling.jobs(),
            maxTimestamp,
            rolling.throughput(),
            rolling.window(session.zone()),
            names.isEmpty() ? null : names.get(0),
            names.isEmpty() ? List.of() : List.copyOf(names.subList(1, names.size())));
    Rolling order = rolling.rolling();
    try (ClusterNodes nodes = asked.connect(session)) {
      return upgrade(session, nodes, request, order);
    }
  }

  private ExitCode upgrade(
      Session session, ClusterNodes nodes, UpgradeRequest request, Rolling order) throws Exception {
    Terminal terminal = session.terminal();
    if (!includeAll) {
      terminal
          .err()
          .println(
              "Only SSTables of an older version are rewritten. After a key change use -a: the"
                  + " version does not change with the key.");
    } else {
      terminal.err().println("All SSTables are rewritten, also those that an earlier run rewrote.");
    }
    if (nodes.advice() != null) {
      terminal.warn(
          nodes.unreachable().size() + " of the nodes cannot be reached: " + nodes.advice());
    }
    ClusterUpgrade upgrade =
        new ClusterUpgrade(
            request, order, terminal.out(), terminal.outIsTerminal(), session.clock());
    upgrade.plan(nodes);
    Thread hook =
        new Thread(() -> interrupted(terminal, request, upgrade, nodes), "upgradesstables-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    List<NodeResult> results = new ArrayList<>();
    try {
      results.addAll(upgrade.run());
    } finally {
      removeHook(hook);
    }
    results.addAll(nodes.unreachable());
    return report(terminal, request, results);
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // Ctrl-C came: the hook is running and reports; this thread ends with the JVM.
    }
  }

  private void interrupted(
      Terminal terminal, UpgradeRequest request, ClusterUpgrade upgrade, ClusterNodes nodes) {
    terminal.out().println();
    terminal.err().println("Stopping: SSTables that are rewritten stay so.");
    List<NodeResult> results = new ArrayList<>(upgrade.stop());
    results.addAll(nodes.unreachable());
    report(terminal, request, results);
  }

  private ExitCode report(Terminal terminal, UpgradeRequest request, List<NodeResult> results) {
    for (NodeResult result : results) {
      if (result.complete()) {
        terminal.out().println(result.node() + ": " + summary(result));
      }
    }
    List<NodeResult> open = results.stream().filter(r -> !r.complete()).toList();
    if (open.isEmpty()) {
      if (results.stream().allMatch(r -> r.unchanged().size() == r.done().size())) {
        terminal.out().println(nothing(request));
      }
      terminal.out().flush();
      return ExitCode.OK;
    }
    terminal.out().flush();
    terminal.err().println("NOT DONE:");
    for (NodeResult result : open) {
      if (result.failure() != null) {
        terminal.err().println("  " + result.node() + ": " + result.failure());
      }
      result
          .failed()
          .forEach(
              (t, why) -> terminal.err().println("  " + result.node() + ": " + t + ": " + why));
      if (!result.notStarted().isEmpty()) {
        terminal.err().println("  " + result.node() + ": not rewritten: " + list(result));
      }
    }
    terminal
        .err()
        .println(
            "Run the same command again for what is not done"
                + (includeAll
                    ? " (name the keyspace and tables: -a rewrites all it is given)."
                    : "."));
    return ExitCode.INCOMPLETE;
  }

  private static String summary(NodeResult result) {
    int unchanged = result.unchanged().size();
    int rewritten = result.done().size() - unchanged;
    if (rewritten == 0) {
      return "nothing to rewrite (" + tables(unchanged) + ")";
    }
    return "complete ("
        + tables(rewritten)
        + " rewritten"
        + (unchanged == 0 ? ")" : ", nothing to rewrite in " + unchanged + ")");
  }

  private static String tables(int count) {
    return count + (count == 1 ? " table" : " tables");
  }

  /** Done, and yet not what somebody expects who has replaced a key. */
  private static String nothing(UpgradeRequest request) {
    String limit =
        request.limited() ? " created before " + Instant.ofEpochMilli(request.maxTimestamp()) : "";
    return request.includeAll()
        ? "nothing to rewrite: there are no SSTables" + limit
        : "nothing to rewrite: all SSTables"
            + limit
            + " are of the current version; after a key change use -a";
  }

  private static String list(NodeResult result) {
    return result.notStarted().stream().map(TableName::toString).collect(Collectors.joining(", "));
  }
}
