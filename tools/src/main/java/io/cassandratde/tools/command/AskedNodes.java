package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.jmx.JmxAddress;
import io.cassandratde.tools.jmx.Member;
import io.cassandratde.tools.jmx.NodeUnreachableException;
import io.cassandratde.tools.rekey.Cluster;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javax.management.JMException;
import org.jspecify.annotations.Nullable;

/** Which nodes a command asks: all of the cluster, unless they are named. */
public final class AskedNodes {

  @AirlineModule private JmxOptions jmx = new JmxOptions();

  @Option(
      name = {"--hosts"},
      title = "addr[:jmxport],…",
      description = "Exactly these nodes; where all are needed, the others are open items")
  private @Nullable String hosts;

  @Option(
      name = {"--local"},
      description =
          "Only the node whose JMX is at 127.0.0.1 (and the port of -p); refused where every node of"
              + " the cluster is needed")
  private boolean local;

  /**
   * Connected; those that cannot be are among the missing ones.
   *
   * @throws CommandFailure not one can be reached, or the options contradict each other
   */
  ClusterNodes connect(Session session)
      throws CommandFailure, InterruptedException, IOException, JMException {
    List<JmxAddress> addresses = addresses();
    ClusterNodes nodes =
        new ClusterNodes(jmx.access(session), Duration.ofSeconds(jmx.connectSeconds()));
    boolean connected = false;
    try {
      connect(nodes, addresses);
      connected = true;
      return nodes;
    } finally {
      if (!connected) {
        nodes.close();
      }
    }
  }

  private void connect(ClusterNodes nodes, List<JmxAddress> addresses)
      throws CommandFailure, InterruptedException, IOException, JMException {
    try {
      if (isNamed()) {
        nodes.connectAll(addresses);
      } else {
        nodes.discover(addresses.get(0));
      }
    } catch (NodeUnreachableException e) {
      throw new CommandFailure(
          e.accessDenied() ? ExitCode.REFUSED : ExitCode.UNREACHABLE,
          e.getMessage() + "; " + e.remedy(),
          e);
    }
    if (nodes.connected().isEmpty()) {
      throw new CommandFailure(
          nodes.accessDenied() ? ExitCode.REFUSED : ExitCode.UNREACHABLE,
          nodes.missing().stream()
              .map(ClusterNodes.Missing::reason)
              .collect(Collectors.joining("; ", "", "; " + nodes.advice())));
    }
  }

  /** As {@link #connect}, for what is true of a cluster only when every member says it. */
  ClusterNodes connectWhole(Session session)
      throws CommandFailure, InterruptedException, IOException, JMException {
    requireWhole();
    return connect(session);
  }

  /** The same for work that outlasts connections; connects to nothing yet. */
  Cluster whole(Session session) throws CommandFailure {
    requireWhole();
    return new Cluster(
        addresses(), isNamed(), jmx.access(session), Duration.ofSeconds(jmx.connectSeconds()));
  }

  /** For other TLS with the nodes than that of JMX. */
  void readSslProperties() throws CommandFailure {
    jmx.readSslProperties();
  }

  private void requireWhole() throws CommandFailure {
    if (local) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "every node of the cluster is needed: leave --local out; --contact names a node that"
              + " knows the others, --hosts names all of them");
    }
  }

  /** Whether no other nodes are meant. */
  private boolean isNamed() {
    return hosts != null || local;
  }

  private List<JmxAddress> addresses() throws CommandFailure {
    if (local && (hosts != null || jmx.contact() != null)) {
      throw new CommandFailure(ExitCode.USAGE, "--local goes with neither --hosts nor --contact");
    }
    if (hosts != null && jmx.contact() != null) {
      throw new CommandFailure(ExitCode.USAGE, "give either --hosts or --contact");
    }
    String contact = jmx.contact() == null ? "127.0.0.1" : jmx.contact();
    List<JmxAddress> addresses = new ArrayList<>();
    try {
      for (String each : (hosts == null ? contact : hosts).split(",", -1)) {
        addresses.add(JmxAddress.parse(each, jmx.port()));
      }
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
    return addresses;
  }

  /** Members beside the nodes that were named: whatever is told is not told of the cluster. */
  List<Member> left(ClusterNodes nodes) {
    return isNamed() ? nodes.unnamed() : List.of();
  }
}
