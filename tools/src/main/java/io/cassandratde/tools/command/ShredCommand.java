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
import io.cassandratde.tools.approval.ApprovalGate;
import io.cassandratde.tools.audit.AuditLog;
import io.cassandratde.tools.cluster.OutOfSight;
import io.cassandratde.tools.run.Display;
import io.cassandratde.tools.run.Patience;
import io.cassandratde.tools.run.Pause;
import io.cassandratde.tools.shred.CqlDrop;
import io.cassandratde.tools.shred.Servers;
import io.cassandratde.tools.shred.Shred;
import io.cassandratde.tools.shred.ShredRequest;
import io.cassandratde.tools.shred.ShredState;
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

  @AirlineModule private CqlOptions cql = new CqlOptions();

  @Option(
      name = {"--dropped"},
      description = "Send no DROP KEYSPACE: somebody else does, and it is waited for")
  private boolean dropped;

  @Option(
      name = {"--clear-snapshots"},
      description =
          "Clear the keyspace's snapshots on every node, the one that auto_snapshot takes among them")
  private boolean clearSnapshots;

  @Option(
      name = {"--delete-hints"},
      description =
          "Delete all hints of a node that has some of before the drop, instead of waiting for"
              + " their delivery; then repair")
  private boolean deleteHints;

  @Option(
      name = {"--truncate-traces"},
      description = "Truncate system_traces, of all sessions, where it holds anything")
  private boolean truncateTraces;

  @Option(
      name = {"--attest"},
      title = "class,…",
      description =
          "Places that no node can see, of which you say that nothing there needs the keys, or that"
              + " it is to become unreadable; as managekmip destroy, or all")
  private @Nullable String attest;

  @AirlineModule private ApprovalOption approval = new ApprovalOption();

  @Option(
      name = {"--yes"},
      description = "Do not ask; needs --confirm too")
  private boolean yes;

  @Option(
      name = {"--confirm"},
      title = "keyspace",
      description = "With --yes: the keyspace once more")
  private @Nullable String confirm;

  @Option(
      name = {"--report"},
      title = "file",
      description = "Where the evidence goes (the state file's name with .report.json)")
  private @Nullable String report;

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
    Set<OutOfSight> attested = Attestations.parse(attest);
    TdeConfig loaded = config.load(session);
    if (group != null) {
      var unused = new KmipGroups(loaded).group(group);
    }
    ApprovalGate gate = approval.gate(loaded, session);
    if (dryRun && gate.isRequest()) {
      throw new CommandFailure(
          ExitCode.USAGE, "give --dry-run to look, or --request-approval to ask, not both");
    }
    Path file = state == null ? ShredState.defaultFile(Path.of(""), keyspace) : Path.of(state);
    if (resume) {
      EarlierRun.require(file);
    }
    if (cql.tls()) {
      nodes.readSslProperties();
    }
    Terminal terminal = session.terminal();
    Display display = new Display(terminal.out(), terminal.outIsTerminal(), session.clock());
    Patience patience =
        new Patience(KeyReplacementCommand.duration(wait), session.clock(), Pause.real(), display);
    AuditLog audit = AuditLog.of(loaded.audit(), session);
    if (!audit.isOn() && !dryRun) {
      terminal.warn("this is recorded nowhere: " + loaded.file() + " has no audit.file");
    }
    ShredRequest request =
        new ShredRequest(
            keyspace,
            group,
            dropped,
            clearSnapshots,
            deleteHints,
            truncateTraces,
            report == null
                ? EarlierRun.beside(file, ".report.json")
                : Path.of(report).toAbsolutePath(),
            dryRun);
    try (ShredState remembered = ShredState.open(file, keyspace, session.clock().instant());
        Servers servers = new Servers(loaded, audit, patience)) {
      if (remembered.resumed()) {
        EarlierRun.tell(terminal, remembered.begun(), remembered.stage(), file);
      }
      new Shred(
              request,
              remembered,
              () -> nodes.connectWhole(session),
              servers,
              name -> new CqlDrop(cql.access(session)).keyspace(name),
              gate,
              new ShredConfirmation(terminal, keyspace, attested, yes, confirm),
              audit,
              patience,
              display,
              terminal)
          .run();
    }
    if (gate.isRequest()) {
      return ExitCode.OK; // it has said how to go on
    }
    terminal
        .out()
        .println(
            dryRun
                ? "Dry run: nothing was changed"
                : "SHREDDED: keyspace %s; %s".formatted(keyspace, request.report()));
    return ExitCode.OK;
  }
}
