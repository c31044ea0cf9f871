package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.cluster.EachNode;
import io.cassandratde.tools.cluster.NodeHierarchy;
import io.cassandratde.tools.jmx.ClusterNodes;
import java.util.ArrayList;
import java.util.List;

/** {@code masterkey fetch <name>}. */
@Command(
    name = "fetch",
    description =
        "Have the nodes fetch the proposed and the active master key now and say what they got: after"
            + " a key file, a token or a configuration was mended, or a node came back")
public final class MasterKeyFetch extends TdeCommand {

  @AirlineModule private AskedNodes nodes = new AskedNodes();

  @Arguments(title = "name", description = "Of the master key")
  @Operands(form = "<name>", least = 1, most = 1)
  private List<String> arguments = new ArrayList<>();

  @Override
  public ExitCode run(Session session) throws Exception {
    String name = arguments.get(0);
    NodeOutcomes outcomes = new NodeOutcomes(session.terminal(), "NOT FETCHED");
    try (ClusterNodes cluster = nodes.connect(session)) {
      outcomes.add(
          EachNode.ask(
              NodeHierarchy.of(cluster),
              node -> {
                node.fetchMaster(name);
                return true;
              }),
          NodeHierarchy::name,
          (node, done) -> List.of(node + ": has it"));
      outcomes.addMissing(cluster);
    }
    return outcomes.end(
        count -> count + " nodes do not have master key " + name + "; they are listed above");
  }
}
