package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.keys.config.EncryptionPolicy;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.cluster.EachNode;
import io.cassandratde.tools.cluster.NodeStorage;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.jmx.NodeConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** {@code snapshot <name> [keyspace …]}. */
@Command(
    name = "snapshot",
    description =
        "Take a snapshot on all nodes at once, as `nodetool snapshot -t` on each; with --redact"
            + " without the rows of data keys, for others' eyes")
public final class SnapshotCommand extends TdeCommand {

  @AirlineModule private AskedNodes nodes = new AskedNodes();

  @Option(
      name = {"--redact"},
      description =
          "Leave keyspace encryption_control out: the wrapped data keys and what nodes share of keys")
  private boolean redact;

  @Arguments(
      title = {"name", "keyspace"},
      description = "Of the snapshot; then keyspaces, all of each node unless some are named")
  @Operands(form = "<name> [<keyspace> …]", least = 1)
  private List<String> arguments = new ArrayList<>();

  @Override
  public ExitCode run(Session session) throws Exception {
    String name = arguments.get(0);
    List<String> wanted = arguments.subList(1, arguments.size());
    if (redact && wanted.contains(EncryptionPolicy.CONTROL_KEYSPACE)) {
      throw new CommandFailure(
          ExitCode.USAGE, "--redact leaves out " + EncryptionPolicy.CONTROL_KEYSPACE);
    }
    NodeOutcomes outcomes = new NodeOutcomes(session.terminal(), "NOT TAKEN");
    try (ClusterNodes cluster = nodes.connectWhole(session)) {
      outcomes.add(
          EachNode.ask(cluster.connected(), node -> take(node, name, wanted)),
          node -> node.address().toString(),
          (node, keyspaces) ->
              List.of(
                  "%s: snapshot %s of %d keyspaces%s"
                      .formatted(
                          node, name, keyspaces, redact ? ", without rows of data keys" : "")));
      outcomes.addMissing(cluster);
    }
    return outcomes.end(
        count -> count + " nodes have no whole snapshot " + name + "; they are listed above");
  }

  /** How many keyspaces. */
  private int take(NodeConnection connection, String name, List<String> wanted) throws Exception {
    NodeStorage node = new NodeStorage(connection);
    Set<String> keyspaces = new TreeSet<>(wanted.isEmpty() ? node.keyspaces() : wanted);
    if (redact) {
      keyspaces.remove(EncryptionPolicy.CONTROL_KEYSPACE);
    }
    node.takeSnapshot(name, keyspaces);
    return keyspaces.size();
  }
}
