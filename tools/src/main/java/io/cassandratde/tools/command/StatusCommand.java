package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.Terminal;
import io.cassandratde.tools.cluster.ClusterStatus;
import io.cassandratde.tools.cluster.NodeStatus;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.output.Json;
import io.cassandratde.tools.output.Printable;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import javax.management.JMException;

/** {@code status}: what goes on with keys, on all nodes. */
@Command(
    name = "status",
    description =
        "Show what goes on with keys on all nodes: current keys and whether nodes agree, new keys,"
            + " operations, fences, running rewrites")
public final class StatusCommand extends TdeCommand {

  private static final long PAUSE_MILLIS = 2000;

  @AirlineModule private AskedNodes nodes = new AskedNodes();
  @AirlineModule private FormatOption format = new FormatOption();

  @Option(
      name = {"--watch"},
      description = "On a terminal: again every two seconds, until Ctrl-C")
  private boolean watch;

  @Override
  public ExitCode run(Session session)
      throws CommandFailure, InterruptedException, IOException, JMException {
    Terminal terminal = session.terminal();
    if (watch && (format.json() || !terminal.outIsTerminal())) {
      throw new CommandFailure(ExitCode.USAGE, "--watch is for a terminal, and for tables");
    }
    while (true) {
      ExitCode exit = once(session);
      if (!watch) {
        return exit;
      }
      terminal.out().flush();
      Thread.sleep(PAUSE_MILLIS);
    }
  }

  private ExitCode once(Session session)
      throws CommandFailure, InterruptedException, IOException, JMException {
    Terminal terminal = session.terminal();
    ClusterStatus status;
    try (ClusterNodes cluster = nodes.connect(session)) {
      status = ClusterStatus.read(cluster);
    }
    StatusView view = new StatusView(status);
    if (format.json()) {
      terminal
          .out()
          .println(Json.of(view.json(session.clock().instant().truncatedTo(ChronoUnit.SECONDS))));
    } else {
      if (watch) {
        terminal.out().print("\033[H\033[2J");
      }
      view.lines().forEach(terminal.out()::println);
    }
    terminal.out().flush();
    for (NodeStatus silent : status.silent()) {
      terminal.err().println(Printable.of("NOT ASKED: " + silent.failure()));
    }
    return status.silent().isEmpty() ? ExitCode.OK : ExitCode.INCOMPLETE;
  }
}
