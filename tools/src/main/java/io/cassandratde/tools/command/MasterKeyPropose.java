package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.hierarchy.KeyHierarchy;
import io.cassandratde.tools.jmx.ClusterNodes;
import java.util.ArrayList;
import java.util.List;

/** {@code masterkey propose <name>}. */
@Command(
    name = "propose",
    description =
        "Propose the master key that a node's source offers now: every node fetches it and says what"
            + " it got. Changes nothing that wraps; `masterkey activate` does")
public final class MasterKeyPropose extends TdeCommand {

  @AirlineModule private AskedNodes nodes = new AskedNodes();
  @AirlineModule private ConfigOption config = new ConfigOption();

  @Option(
      name = {"--wait"},
      title = "time",
      description = "How long to wait for what the nodes say: 60s (default), 5m; 0: not at all")
  private String wait = "60s";

  @Arguments(title = "name", description = "Of the master key")
  @Operands(form = "<name>", least = 1, most = 1)
  private List<String> arguments = new ArrayList<>();

  @Override
  public ExitCode run(Session session) throws Exception {
    String name = arguments.get(0);
    try (ClusterNodes cluster = nodes.connect(session)) {
      KeyHierarchy keys = new KeyHierarchy(cluster);
      int version =
          config
              .audit(session)
              .operation("propose-master-key")
              .option("master", name)
              .run(() -> keys.propose(name));
      new ProposedKey(cluster, keys, name, version)
          .awaitAll(session, KeyReplacementCommand.duration(wait));
      session
          .terminal()
          .out()
          .println(
              "Every node has the same key. Activate it: `%s masterkey activate %s %d`"
                  .formatted(session.program(), name, version));
    }
    return ExitCode.OK;
  }
}
