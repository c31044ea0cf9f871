package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import com.github.rvesse.airline.annotations.restrictions.Required;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.Terminal;
import io.cassandratde.tools.audit.AuditLog;
import io.cassandratde.tools.rekey.Display;
import io.cassandratde.tools.rekey.Patience;
import io.cassandratde.tools.rekey.Pause;
import io.cassandratde.tools.shred.Servers;
import io.cassandratde.tools.shred.Shred;
import io.cassandratde.tools.shred.ShredRequest;
import io.cassandratde.tools.shred.ShredState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code shred --keyspace k}: a keyspace erased by the destruction of its keys. */
@Command(
    name = "shred",
    description =
        "Erase a keyspace, copies of its files elsewhere included, by destroying the keys that only"
            + " its files need. Refused while anything else needs one")
public final class ShredCommand extends TdeCommand {

  /** Cassandra's own, and the one that nodes share the keys' state in. */
  private static final Set<String> NEVER =
      Set.of(
          "system",
          "system_schema",
          "system_auth",
          "system_distributed",
          "system_traces",
          "encryption_control");

  @AirlineModule private ConfigOption config = new ConfigOption();

  @AirlineModule private AskedNodes nodes = new AskedNodes();

  @Option(
      name = {"--keyspace"},
      title = "keyspace",
      description = "The keyspace to erase")
  @Required
  private String keyspace = "";

  @Option(
      name = {"--group"},
      title = "group",
      description = "Refuse where its files need keys of another KMIP group")
  private @Nullable String group;

  @Option(
      name = {"--wait"},
      title = "time",
      description = "How long to wait, at each place: 90s, 5m (default), 2h; 0: not at all")
  private String wait = "5m";

  @Option(
      name = {"--state"},
      title = "file",
      description = "What the run remembers (./shred-<keyspace>.json)")
  private @Nullable String state;

  @Option(
      name = {"--resume"},
      description = "Only go on with a run that has begun")
  private boolean resume;

  @Option(
      name = {"--dry-run"},
      description = "Show the plan, change nothing")
  private boolean dryRun;

  @Override
  public ExitCode run(Session session) throws Exception {
    if (NEVER.contains(keyspace)) {
      throw new CommandFailure(ExitCode.REFUSED, "keyspace " + keyspace + " is the cluster's own");
    }
    if (!dryRun) {
      throw new CommandFailure(
          ExitCode.UNSUPPORTED, "this release shows the plan alone: say --dry-run");
    }
    TdeConfig loaded = config.load(session);
    if (group != null) {
      var unused = new KmipGroups(loaded).group(group);
    }
    Path file = state == null ? ShredState.defaultFile(Path.of(""), keyspace) : Path.of(state);
    if (resume && !Files.exists(file)) {
      throw new CommandFailure(
          ExitCode.NOT_FOUND, file + " is not there: no run to go on with; leave --resume out");
    }
    Terminal terminal = session.terminal();
    Display display = new Display(terminal.out(), terminal.outIsTerminal(), session.clock());
    Patience patience =
        new Patience(KeyReplacementCommand.duration(wait), session.clock(), Pause.real(), display);
    AuditLog audit = AuditLog.of(loaded.audit(), session);
    ShredRequest request = new ShredRequest(keyspace, group, false, false, false, false, dryRun);
    try (ShredState remembered = ShredState.open(file, keyspace, session.clock().instant());
        Servers servers = new Servers(loaded, audit, patience)) {
      new Shred(
              request,
              remembered,
              () -> nodes.connectWhole(session),
              servers,
              name -> {},
              plan -> {},
              audit,
              patience,
              display,
              terminal)
          .run();
    }
    terminal.out().println("Dry run: nothing was changed");
    return ExitCode.OK;
  }
}
