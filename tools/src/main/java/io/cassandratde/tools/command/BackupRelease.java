package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.Terminal;
import io.cassandratde.tools.audit.AuditLog;
import io.cassandratde.tools.cluster.BackupHold;
import io.cassandratde.tools.hold.HoldRegistry;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.output.Dates;
import io.cassandratde.tools.output.Printable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** {@code backup release <name>}. */
@Command(
    name = "release",
    description =
        "End what `backup hold` registered under a name: the backup is gone, or its keys may go."
            + " Asks on a terminal; scripts say --yes")
public final class BackupRelease extends TdeCommand {

  @AirlineModule private AskedNodes nodes = new AskedNodes();
  @AirlineModule private ConfigOption config = new ConfigOption();

  @Option(
      name = {"--yes"},
      description = "Do not ask for the name")
  private boolean yes;

  @Arguments(title = "name", description = "Of the backup")
  @Operands(form = "<name>", least = 1, most = 1)
  private List<String> arguments = new ArrayList<>();

  @Override
  public ExitCode run(Session session) throws Exception {
    String name = arguments.get(0);
    AuditLog audit = config.audit(session);
    try (ClusterNodes cluster = nodes.connect(session)) {
      HoldRegistry registry = new HoldRegistry(cluster);
      List<BackupHold> all = registry.all();
      List<BackupHold> its = all.stream().filter(hold -> hold.name().equals(name)).toList();
      if (its.isEmpty()) {
        throw new CommandFailure(
            ExitCode.NOT_FOUND,
            "no backup is registered as '%s'; there are: %s"
                .formatted(
                    name,
                    all.isEmpty()
                        ? "none"
                        : all.stream()
                            .map(BackupHold::name)
                            .distinct()
                            .sorted()
                            .collect(Collectors.joining(", "))));
      }
      its.forEach(hold -> session.terminal().out().println(Printable.of(line(hold, session))));
      session.terminal().out().flush();
      if (!yes) {
        confirm(session.terminal(), name);
      }
      var unused =
          audit
              .operation("release-backup")
              .option("backup", name)
              .option(
                  "keys",
                  its.stream()
                      .map(hold -> hold.group() + "/" + hold.keyId())
                      .sorted()
                      .collect(Collectors.joining(", ")))
              .run(
                  () -> {
                    registry.release(name);
                    return true;
                  });
      session.terminal().out().println("Backup " + name + " holds no key any more.");
    }
    return ExitCode.OK;
  }

  private static String line(BackupHold hold, Session session) {
    Instant now = session.clock().instant();
    return "key %s of group %s: %s until %s"
        .formatted(
            hold.keyId(),
            hold.group(),
            hold.holdUntil().isAfter(now) ? "held" : "was held",
            Dates.print(hold.holdUntil(), session.zone()));
  }

  private static void confirm(Terminal terminal, String name) throws CommandFailure {
    Terminal.Person person = terminal.person();
    if (person == null) {
      throw new CommandFailure(
          ExitCode.NOT_CONFIRMED,
          "nothing was changed: no terminal to confirm on; scripts say --yes");
    }
    String answer = person.answer("Type the name of the backup to end its holds: ");
    if (answer == null || !answer.strip().equals(name)) {
      throw new CommandFailure(ExitCode.NOT_CONFIRMED, "nothing was changed: not confirmed");
    }
  }
}
