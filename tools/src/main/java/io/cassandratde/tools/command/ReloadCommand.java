package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Command;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.Terminal;
import io.cassandratde.tools.cluster.EachNode;
import io.cassandratde.tools.cluster.ReloadedNode;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.jmx.NodeConnection;
import io.cassandratde.tools.output.Json;
import io.cassandratde.tools.output.Printable;
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
    List<Object> json = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    try (ClusterNodes cluster = nodes.connect(session)) {
      for (EachNode.Answer<NodeConnection, ReloadedNode> each :
          EachNode.ask(cluster.connected(), ReloadedNode::reload)) {
        String name = each.node().address().toString();
        ReloadedNode reloaded = each.value();
        json.add(json(name, reloaded, each));
        if (reloaded == null) {
          failed.add(name + ": " + each.reason());
        } else if (!format.json()) {
          lines(name, reloaded).forEach(line -> terminal.out().println(Printable.of(line)));
        }
      }
      for (ClusterNodes.Missing missing : cluster.missing()) {
        failed.add(missing.node() + ": " + missing.reason());
      }
    }
    if (format.json()) {
      terminal.out().println(Json.of(Map.of("nodes", json, "not_reloaded", failed)));
    }
    terminal.out().flush();
    failed.forEach(line -> terminal.err().println(Printable.of("NOT RELOADED: " + line)));
    if (!failed.isEmpty()) {
      throw new CommandFailure(
          ExitCode.INCOMPLETE,
          "%d nodes are as they were; they are listed above. Mend that and run the same again"
              .formatted(failed.size()));
    }
    return ExitCode.OK;
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
      String name, @Nullable ReloadedNode node, EachNode.Answer<?, ?> answer) {
    Map<String, @Nullable Object> entry = new LinkedHashMap<>();
    entry.put("node", name);
    entry.put("failure", node == null ? answer.reason() : null);
    entry.put("changed", node == null ? List.of() : node.changed());
    entry.put("need_restart", node == null ? List.of() : node.needRestart());
    entry.put("warnings", node == null ? List.of() : node.warnings());
    return entry;
  }
}
