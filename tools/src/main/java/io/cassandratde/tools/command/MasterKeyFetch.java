package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.Terminal;
import io.cassandratde.tools.cluster.EachNode;
import io.cassandratde.tools.cluster.NodeHierarchy;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.output.Printable;
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
    Terminal terminal = session.terminal();
    int failed = 0;
    try (ClusterNodes cluster = nodes.connect(session)) {
      for (EachNode.Answer<NodeHierarchy, Boolean> each :
          EachNode.ask(
              NodeHierarchy.of(cluster),
              node -> {
                node.fetchMaster(name);
                return true;
              })) {
        boolean done = each.failure() == null;
        failed += done ? 0 : 1;
        terminal
            .out()
            .println(Printable.of(each.node().name() + ": " + (done ? "has it" : each.reason())));
      }
      for (ClusterNodes.Missing missing : cluster.missing()) {
        failed++;
        terminal.out().println(Printable.of(missing.node() + ": " + missing.reason()));
      }
    }
    terminal.out().flush();
    if (failed > 0) {
      throw new CommandFailure(
          ExitCode.INCOMPLETE,
          failed + " nodes do not have master key " + name + "; they are listed above");
    }
    return ExitCode.OK;
  }
}
