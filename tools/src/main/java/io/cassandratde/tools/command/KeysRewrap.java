package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.Terminal;
import io.cassandratde.tools.cluster.DataKeyInfo;
import io.cassandratde.tools.cluster.EachNode;
import io.cassandratde.tools.cluster.NodeFailureException;
import io.cassandratde.tools.cluster.NodeHierarchy;
import io.cassandratde.tools.hierarchy.KeyHierarchy;
import io.cassandratde.tools.hierarchy.Rewrapping;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.output.TextTable;
import io.cassandratde.tools.run.Display;
import io.cassandratde.tools.run.Pause;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code keys rewrap}. */
@Command(
    name = "rewrap",
    description =
        "Wrap the data keys under the active master key; no data is touched, and the wraps of before"
            + " stay until `keys gc`. Broken off, the same command goes on")
public final class KeysRewrap extends TdeCommand {

  private static final int MOST_PER_SECOND = 1000;

  @AirlineModule private AskedNodes nodes = new AskedNodes();
  @AirlineModule private ConfigOption config = new ConfigOption();
  @AirlineModule private DataKeyOptions which = new DataKeyOptions();

  @Option(
      name = {"--per-second"},
      title = "keys",
      description = "How many keys a second at most, 1 to 1000 (10)")
  private int perSecond = 10;

  @Option(
      name = {"--key"},
      title = "key_id",
      description =
          "This data key, also when the active master key wraps it already: puts right what somebody"
              + " changed, from a wrap or a node's copy that opens")
  private @Nullable String key;

  @Override
  public ExitCode run(Session session) throws Exception {
    if (perSecond < 1 || perSecond > MOST_PER_SECOND) {
      throw new CommandFailure(ExitCode.USAGE, "--per-second must be 1 to " + MOST_PER_SECOND);
    }
    Terminal terminal = session.terminal();
    Display display = new Display(terminal.out(), terminal.outIsTerminal(), session.clock());
    try (ClusterNodes cluster = nodes.connect(session)) {
      KeyHierarchy keys = new KeyHierarchy(cluster);
      Rewrapping rewrapping = new Rewrapping(keys, display, Pause.real(), perSecond);
      List<DataKeyInfo> wanted = wanted(keys);
      String one = key;
      Rewrapping.Outcome outcome =
          config
              .audit(session)
              .operation("rewrap-data-keys")
              .option("master", which.master())
              .option("namespace", which.namespace())
              .option("data_key", one)
              .run(() -> one == null ? rewrapping.run(wanted) : rewrapping.runAll(wanted));
      terminal.out().println(outcome.wrapped() + " data keys were wrapped anew");
      verdict(terminal, wanted(keys), rewrapping.active(), outcome);
      return takenOver(terminal, cluster, wanted);
    }
  }

  /** A node that starts opens its own copies, not the table. */
  private ExitCode takenOver(Terminal terminal, ClusterNodes cluster, List<DataKeyInfo> wanted)
      throws Exception {
    Set<String> ids = wanted.stream().map(DataKeyInfo::keyId).collect(Collectors.toSet());
    NodeOutcomes outcomes = new NodeOutcomes(terminal, "NOT TAKEN OVER");
    outcomes.add(
        EachNode.ask(NodeHierarchy.of(cluster), node -> takeOver(node, ids)),
        NodeHierarchy::name,
        (node, done) -> List.of(node + ": has taken this over"));
    outcomes.addMissing(cluster);
    outcomes.addLeft(nodes.left(cluster));
    return outcomes.end(
        count ->
            count
                + " nodes have not taken this over, as listed above: each does within minutes of"
                + " being up, and may need the former master key until then. The same command asks"
                + " again");
  }

  private static boolean takeOver(NodeHierarchy node, Set<String> keys)
      throws NodeFailureException {
    List<String> behind = node.followTable().stream().filter(keys::contains).toList();
    if (!behind.isEmpty()) {
      throw new IllegalStateException(
          "its copies of these keys are not as the table has them, and its log says why: "
              + String.join(", ", behind));
    }
    return true;
  }

  private List<DataKeyInfo> wanted(KeyHierarchy keys) throws CommandFailure {
    if (key != null) {
      return List.of(keys.dataKey(key));
    }
    return keys.dataKeys().stream()
        .filter(which::isMeant)
        .filter(key -> !key.is("RETIRED"))
        .toList();
  }

  /** Read back from the table: nobody is believed that it was done. */
  private static void verdict(
      Terminal terminal,
      List<DataKeyInfo> keys,
      Map<String, Integer> active,
      Rewrapping.Outcome outcome)
      throws CommandFailure {
    Map<String, int[]> counts = new TreeMap<>();
    List<String> behind = new ArrayList<>();
    for (DataKeyInfo key : keys) {
      int[] count = counts.computeIfAbsent(key.master(), none -> new int[2]);
      count[0]++;
      if (Rewrapping.needs(key, active) || outcome.failures().containsKey(key.keyId())) {
        behind.add(key.keyId());
      } else {
        count[1]++;
      }
    }
    TextTable table =
        new TextTable(List.of("Master key", "Active version", "Data keys", "Wrapped by it"));
    counts.forEach(
        (name, count) ->
            table.row(
                List.of(
                    name,
                    String.valueOf(active.getOrDefault(name, 0)),
                    String.valueOf(count[0]),
                    String.valueOf(count[1]))));
    table.lines().forEach(terminal.out()::println);
    terminal.out().flush();
    if (behind.isEmpty()) {
      terminal.out().println("Every data key is wrapped by its active master key.");
      return;
    }
    throw new CommandFailure(
        ExitCode.INCOMPLETE,
        "%d data keys are not wrapped by the active master key, the first of them %s (%s); run the same again when that is mended"
            .formatted(
                behind.size(),
                behind.get(0),
                outcome.failures().getOrDefault(behind.get(0), "it came meanwhile")));
  }
}
