package io.cassandratde.tools.approval;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.jmx.NodeConnection;
import java.io.IOException;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.management.JMException;

/** Which cluster a {@link Subject} is of. */
public final class ClusterName {
  private ClusterName() {}

  /**
   * As every connected node calls it.
   *
   * @throws CommandFailure one does not tell, or they are of several
   */
  public static String of(ClusterNodes nodes) throws CommandFailure {
    TreeSet<String> names = new TreeSet<>();
    for (NodeConnection node : nodes.connected()) {
      try {
        names.add(node.clusterName());
      } catch (IOException | JMException | RuntimeException e) {
        throw new CommandFailure(
            ExitCode.UNREACHABLE,
            node.address()
                + " does not tell the name of its cluster: "
                + NodeConnection.rootMessage(e),
            e);
      }
    }
    if (names.size() != 1) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "the nodes are of several clusters: " + names.stream().collect(Collectors.joining(", ")));
    }
    return names.first();
  }
}
