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
      description = "Exactly these nodes")
  private @Nullable String hosts;

  @Option(
      name = {"--local"},
      description = "Only the node whose JMX is at 127.0.0.1 (and the port of -p)")
  private boolean local;

  /**
   * Connected; those that cannot be are among the missing ones.
   *
   * @throws CommandFailure not one can be reached, or the options contradict each other
   */
  ClusterNodes connect(Session session)
      throws CommandFailure, InterruptedException, IOException, JMException {
    if (local && (hosts != null || jmx.contact() != null)) {
      throw new CommandFailure(ExitCode.USAGE, "--local goes with neither --hosts nor --contact");
    }
    if (hosts != null && jmx.contact() != null) {
      throw new CommandFailure(ExitCode.USAGE, "give either --hosts or --contact");
    }
    ClusterNodes nodes =
        new ClusterNodes(jmx.access(session), Duration.ofSeconds(jmx.connectSeconds()));
    boolean connected = false;
    try {
      connect(nodes);
      connected = true;
      return nodes;
    } finally {
      if (!connected) {
        nodes.close();
      }
    }
  }

  private void connect(ClusterNodes nodes)
      throws CommandFailure, InterruptedException, IOException, JMException {
    try {
      if (hosts != null) {
        nodes.connectAll(addresses(hosts));
      } else if (local) {
        nodes.connectAll(List.of(new JmxAddress("127.0.0.1", jmx.port())));
      } else {
        String contact = jmx.contact() == null ? "127.0.0.1" : jmx.contact();
        nodes.discover(address(contact));
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

  private List<JmxAddress> addresses(String text) throws CommandFailure {
    List<JmxAddress> addresses = new ArrayList<>();
    for (String one : text.split(",", -1)) {
      addresses.add(address(one));
    }
    return addresses;
  }

  private JmxAddress address(String text) throws CommandFailure {
    try {
      return JmxAddress.parse(text, jmx.port());
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  /** Members beside the nodes that were named: whatever is told is not told of the cluster. */
  List<Member> left(ClusterNodes nodes) {
    return hosts == null && !local ? List.of() : nodes.unnamed();
  }
}
