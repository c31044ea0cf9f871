package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.jmx.JmxAddress;
import io.cassandratde.tools.jmx.NodeUnreachableException;
import io.cassandratde.tools.rekey.Cluster;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javax.management.JMException;
import org.jspecify.annotations.Nullable;

/** Which nodes: all of the cluster, unless they are named. */
public final class NodesOption {

  @AirlineModule private JmxOptions jmx = new JmxOptions();

  @Option(
      name = {"--hosts"},
      title = "addr[:jmxport],…",
      description = "Exactly these nodes; other members of the cluster are open items")
  private @Nullable String hosts;

  /** Connects to nothing yet. */
  Cluster cluster(Session session) throws CommandFailure {
    return new Cluster(
        addresses(), hosts != null, jmx.access(session), Duration.ofSeconds(jmx.connectSeconds()));
  }

  /**
   * Connects to whom it can.
   *
   * @throws CommandFailure to nobody
   */
  ClusterNodes connect(Session session)
      throws CommandFailure, InterruptedException, IOException, JMException {
    List<JmxAddress> addresses = addresses();
    ClusterNodes nodes =
        new ClusterNodes(jmx.access(session), Duration.ofSeconds(jmx.connectSeconds()));
    try {
      if (hosts != null) {
        nodes.connectAll(addresses);
      } else {
        nodes.discover(addresses.get(0));
      }
    } catch (NodeUnreachableException e) {
      nodes.close();
      throw new CommandFailure(
          e.accessDenied() ? ExitCode.REFUSED : ExitCode.UNREACHABLE,
          e.getMessage() + "; " + e.remedy(),
          e);
    }
    if (nodes.connected().isEmpty()) {
      nodes.close();
      throw new CommandFailure(
          nodes.accessDenied() ? ExitCode.REFUSED : ExitCode.UNREACHABLE,
          nodes.unreachable().stream()
              .map(node -> String.valueOf(node.failure()))
              .collect(Collectors.joining("; ", "", "; " + nodes.advice())));
    }
    return nodes;
  }

  private List<JmxAddress> addresses() throws CommandFailure {
    if (hosts != null && jmx.contact() != null) {
      throw new CommandFailure(ExitCode.USAGE, "give either --hosts or --contact");
    }
    List<JmxAddress> addresses = new ArrayList<>();
    try {
      String contact = jmx.contact() == null ? "127.0.0.1" : jmx.contact();
      for (String each : (hosts == null ? contact : hosts).split(",", -1)) {
        addresses.add(JmxAddress.parse(each, jmx.port()));
      }
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
    return addresses;
  }
}
