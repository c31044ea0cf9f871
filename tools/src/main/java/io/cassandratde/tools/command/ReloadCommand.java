package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Command;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.Terminal;
import io.cassandratde.tools.cluster.EachNode;
import io.cassandratde.tools.cluster.ReloadedNode;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.jmx.NodeConnection;
import io.cassandratde.tools.output.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code reload}. */
@Command(
    name = "reload",
    description =
        "Have the nodes read their tde.yaml again, without a restart: each takes over all that can"
            + " change while it runs, or nothing of it")
public final class ReloadCommand extends TdeCommand {

  @AirlineModule private AskedNodes nodes = new AskedNodes();
  @AirlineModule private FormatOption format = new FormatOption();

  @Override
  public ExitCode run(Session session) throws Exception {
    Terminal terminal = session.terminal();
    NodeOutcomes outcomes = new NodeOutcomes(terminal, "NOT RELOADED");
    List<Object> json = new ArrayList<>();
    try (ClusterNodes cluster = nodes.connect(session)) {
      List<EachNode.Answer<NodeConnection, ReloadedNode>> answers =
          EachNode.ask(cluster.connected(), ReloadedNode::reload);
      answers.forEach(each -> json.add(json(each)));
      outcomes.add(
          answers,
          node -> node.address().toString(),
          (name, node) -> format.json() ? List.of() : lines(name, node));
      outcomes.addMissing(cluster);
    }
    if (format.json()) {
      terminal.out().println(Json.of(Map.of("nodes", json, "not_reloaded", outcomes.failed())));
    }
    return outcomes.end(
        count ->
            count
                + " nodes are as they were; they are listed above. Mend that and run the same again");
  }

  private static List<String> lines(String name, ReloadedNode node) {
    List<String> lines = new ArrayList<>();
    lines.add(
        name
            + ": "
            + (node.changed().isEmpty()
                ? "nothing has changed"
                : "in force now: " + String.join(", ", node.changed())));
    if (!node.needRestart().isEmpty()) {
      lines.add("  waits for a restart: " + String.join(", ", node.needRestart()));
    }
    node.warnings().forEach(warning -> lines.add("  WARNING: " + warning));
    return lines;
  }

  private static Map<String, @Nullable Object> json(
      EachNode.Answer<NodeConnection, ReloadedNode> answer) {
    ReloadedNode node = answer.value();
    Map<String, @Nullable Object> entry = new LinkedHashMap<>();
    entry.put("node", answer.node().address().toString());
    entry.put("failure", node == null ? answer.reason() : null);
    entry.put("changed", node == null ? List.of() : node.changed());
    entry.put("need_restart", node == null ? List.of() : node.needRestart());
    entry.put("warnings", node == null ? List.of() : node.warnings());
    return entry;
  }
}
