package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Option;
import com.github.rvesse.airline.annotations.restrictions.AllowedRawValues;
import com.github.rvesse.airline.annotations.restrictions.Required;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.Terminal;
import io.cassandratde.tools.audit.AuditLog;
import io.cassandratde.tools.cluster.KeyName;
import io.cassandratde.tools.rekey.Cluster;
import io.cassandratde.tools.rekey.Proof;
import io.cassandratde.tools.rekey.Rekey;
import io.cassandratde.tools.rekey.RekeyReport;
import io.cassandratde.tools.rekey.RekeyRequest;
import io.cassandratde.tools.rekey.RekeyState;
import io.cassandratde.tools.run.Display;
import io.cassandratde.tools.run.Pause;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What {@code rekey} and {@code rewrap} share: all but how SSTables come under the new key. */
public abstract class KeyReplacementCommand extends TdeCommand {

  private static final Pattern DURATION = Pattern.compile("(\\d{1,6})(s|m|h)?");

  @AirlineModule private ConfigOption config = new ConfigOption();

  @AirlineModule private AskedNodes nodes = new AskedNodes();

  @Option(
      name = {"--group"},
      title = "group",
      description = "The KMIP group of the key; or replicated:<master key>, pkcs11:<token>, local")
  @Required
  private String group = "";

  @Option(
      name = {"--key"},
      title = "key_id",
      description = "The key to replace")
  @Required
  private String key = "";

  @Option(
      name = {"--reason"},
      title = "reason",
      description =
          "Of the revocation: superseded (default), key-compromise and others, as managekmip revoke")
  private String reason = "superseded";

  @Option(
      name = {"--message"},
      title = "text",
      description = "Kept by the server beside the reason")
  private @Nullable String message;

  @Option(
      name = {"--force"},
      description = "Revoke without the probe whether the servers serve revoked keys")
  private boolean force;

  @Option(
      name = {"--template"},
      title = "template",
      description = "A template on the server, for the new key")
  private @Nullable String template;

  @AirlineModule private RollingOptions rolling = new RollingOptions();

  @Option(
      name = {"--wait"},
      title = "time",
      description =
          "How long to wait, at each place, for nodes and key servers that are away, busy nodes and"
              + " hints: 90s, 5m (default), 2h; 0: not at all")
  private String wait = "5m";

  @Option(
      name = {"--max-pending"},
      title = "compactions",
      description = "A node with more compactions pending is left alone (100)")
  private int maxPending = 100;

  @Option(
      name = {"--snapshot"},
      title = "name",
      description = "Take this snapshot before anything is rewritten; it keeps needing the old key")
  private @Nullable String snapshot;

  @Option(
      name = {"--include-snapshots"},
      title = "what",
      description = "list or clear the snapshots that need the key")
  @AllowedRawValues(allowedValues = {"list", "clear"})
  private @Nullable String snapshots;

  @Option(
      name = {"--state"},
      title = "file",
      description = "What the run remembers (./rekey-<group>-<start of the key id>.json)")
  private @Nullable String state;

  @Option(
      name = {"--proof"},
      title = "file",
      description = "Where the proof goes (the state file's name with .proof.json)")
  private @Nullable String proof;

  @Option(
      name = {"--html"},
      title = "file",
      description = "Write the report of the run, with the proof, as an HTML file")
  private @Nullable String html;

  @Option(
      name = {"--resume"},
      description = "Only go on with a run that has begun")
  private boolean resume;

  @Option(
      name = {"--dry-run"},
      description = "Show the plan, change nothing")
  private boolean dryRun;

  abstract boolean rewrap();

  @Override
  public final ExitCode run(Session session) throws Exception {
    TdeConfig loaded = config.load(session);
    Path file = state == null ? RekeyState.defaultFile(Path.of(""), group, key) : Path.of(state);
    RekeyRequest request = request(session.zone(), loaded, file);
    if (resume) {
      EarlierRun.require(file);
    }
    Terminal terminal = session.terminal();
    Display display = new Display(terminal.out(), terminal.outIsTerminal(), session.clock());
    Rekey rekey = new Rekey(request, display, session.clock(), Pause.real());
    AuditLog audit = AuditLog.of(loaded.audit(), session);
    try (Cluster cluster = nodes.whole(session);
        RekeyState remembered = RekeyState.open(file, group, key, session.clock().instant());
        ReplacedKeys keys =
            ReplacedKeys.open(
                session.program(), loaded, group, cluster, audit, rekey.patience(), remembered)) {
      if (remembered.resumed()) {
        EarlierRun.tell(terminal, remembered.begun(), remembered.stage(), file);
      }
      Proof result = StoppableRekey.run(terminal, rekey, remembered, cluster, keys.source());
      if (html != null && result != null) {
        RekeyReport.write(Path.of(html), result, remembered, states(session, result));
      }
      return report(terminal, request, file, result, rekey.wasStoppedOnNode());
    }
  }

  private Map<KeyName, String> states(Session session, Proof result) throws CommandFailure {
    Set<KeyName> keys = new HashSet<>(Set.of(new KeyName(group, key)));
    if (result.newKeyId() != null) {
      keys.add(new KeyName(group, result.newKeyId()));
    }
    return new KeyStates(config, session).of(keys);
  }

  private ExitCode report(
      Terminal terminal,
      RekeyRequest request,
      Path file,
      @Nullable Proof result,
      boolean stoppedOnNode) {
    if (result == null) {
      terminal.out().println("Dry run: nothing was changed");
      return ExitCode.OK;
    }
    if (result.isProven()) {
      terminal
          .out()
          .println("PROVED: nothing on any node needs %s; %s".formatted(request, request.proof()));
      return ExitCode.OK;
    }
    terminal.out().flush();
    if (stoppedOnNode) {
      terminal
          .err()
          .println(
              "STOPPED on a node, as the list above says; %s is not proved unused (%s). The same command goes on from here (%s)"
                  .formatted(request, request.proof(), file));
      return ExitCode.STOPPED;
    }
    terminal
        .err()
        .println(
            "NOT PROVED: the list above is what still needs %s, or could not be asked; %s. Run the same command again when that is mended (%s)"
                .formatted(request, request.proof(), file));
    return ExitCode.INCOMPLETE;
  }

  private RekeyRequest request(ZoneId zone, TdeConfig loaded, Path file) throws CommandFailure {
    if (maxPending < 0) {
      throw new CommandFailure(ExitCode.USAGE, "--max-pending must be 0 or more");
    }
    if (snapshot != null && "clear".equals(snapshots)) {
      throw new CommandFailure(
          ExitCode.USAGE, "--include-snapshots clear would clear what --snapshot takes");
    }
    return new RekeyRequest(
        group,
        loaded.formerNames(group),
        key,
        rewrap(),
        rolling.rolling(),
        rolling.jobs(),
        rolling.throughput(),
        rolling.window(zone),
        duration(wait),
        maxPending,
        ManageKmipRevoke.reason(reason),
        message,
        force,
        snapshot,
        "clear".equals(snapshots),
        "list".equals(snapshots),
        template,
        proof == null ? EarlierRun.beside(file, ".proof.json") : Path.of(proof).toAbsolutePath(),
        dryRun);
  }

  static Duration duration(String text) throws CommandFailure {
    Matcher matcher = DURATION.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new CommandFailure(ExitCode.USAGE, "'" + text + "' is not a time such as 90s, 5m, 2h");
    }
    long number = Long.parseLong(matcher.group(1));
    String unit = matcher.group(2) == null ? "s" : matcher.group(2);
    return switch (unit) {
      case "h" -> Duration.ofHours(number);
      case "m" -> Duration.ofMinutes(number);
      default -> Duration.ofSeconds(number);
    };
  }
}
