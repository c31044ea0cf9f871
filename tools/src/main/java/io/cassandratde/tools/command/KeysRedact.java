package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import io.cassandratde.keys.config.EncryptionPolicy;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.cluster.EachNode;
import io.cassandratde.tools.cluster.NodeStorage;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.jmx.NodeConnection;
import java.util.ArrayList;
import java.util.List;

/** {@code keys redact <snapshot>}. */
@Command(
    name = "redact",
    description =
        "Take the rows of data keys out of a snapshot on all nodes, so that it can be given to others:"
            + " it opens nowhere but where the keys are")
public final class KeysRedact extends TdeCommand {

  @AirlineModule private AskedNodes nodes = new AskedNodes();
  @AirlineModule private ConfigOption config = new ConfigOption();

  @Arguments(title = "snapshot", description = "Its name")
  @Operands(form = "<snapshot>", least = 1, most = 1)
  private List<String> arguments = new ArrayList<>();

  @Override
  public ExitCode run(Session session) throws Exception {
    String snapshot = arguments.get(0);
    NodeOutcomes outcomes = new NodeOutcomes(session.terminal(), "NOT REDACTED");
    try (ClusterNodes cluster = nodes.connectWhole(session)) {
      outcomes.add(
          config
              .audit(session)
              .operation("redact-snapshot")
              .option("snapshot", snapshot)
              .run(() -> EachNode.ask(cluster.connected(), node -> clear(node, snapshot))),
          node -> node.address().toString(),
          (node, done) -> List.of(node + ": no rows of keys are in snapshot " + snapshot));
      outcomes.addMissing(cluster);
    }
    return outcomes.end(
        count ->
            "on "
                + count
                + " nodes the snapshot may still hold rows of keys; they are listed above");
  }

  private static boolean clear(NodeConnection node, String snapshot) throws Exception {
    new NodeStorage(node).clearSnapshot(snapshot, EncryptionPolicy.CONTROL_KEYSPACE);
    return true;
  }
}
