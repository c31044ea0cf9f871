package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.Terminal;
import io.cassandratde.tools.approval.ApprovalGate;
import io.cassandratde.tools.approval.ClusterName;
import io.cassandratde.tools.approval.Subject;
import io.cassandratde.tools.approval.SubjectKey;
import io.cassandratde.tools.audit.AuditLog;
import io.cassandratde.tools.audit.AuditedOperation;
import io.cassandratde.tools.cluster.DataKeyInfo;
import io.cassandratde.tools.cluster.OutOfSight;
import io.cassandratde.tools.hierarchy.GarbageCollection;
import io.cassandratde.tools.hierarchy.KeyHierarchy;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.run.Display;
import io.cassandratde.tools.run.Patience;
import io.cassandratde.tools.run.Pause;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code keys gc}. */
@Command(
    name = "gc",
    description =
        "Take away data keys that nothing needs: what no node needs becomes deprecated, and goes, by"
            + " the same proof again, when it has been so for the retention. Former wraps of the"
            + " others go as well")
public final class KeysGc extends TdeCommand {

  private static final Pattern DAYS = Pattern.compile("(\\d{1,4})d");

  @AirlineModule private AskedNodes nodes = new AskedNodes();
  @AirlineModule private ConfigOption config = new ConfigOption();
  @AirlineModule private DataKeyOptions which = new DataKeyOptions();
  @AirlineModule private ApprovalOption approval = new ApprovalOption();

  @Option(
      name = {"--key"},
      title = "key_id",
      description = "This data key alone; where approvals are configured, it has to be one")
  private @Nullable String key;

  @Option(
      name = {"--retention"},
      title = "days",
      description = "How long a key stays deprecated before it goes: 30d (default), 0d")
  private String retention = "30d";

  @Option(
      name = {"--attest"},
      title = "class,…",
      description =
          "Places that no node can see, of which you say that nothing there needs the keys: "
              + "other-clusters, departed-hosts, commit-log-archives, consumed-cdc, backups, exports;"
              + " or all")
  private @Nullable String attest;

  @Option(
      name = {"--wait"},
      title = "time",
      description =
          "How long to wait for what goes by itself: 30s (default), 5m, 2h; 0: not at all")
  private String wait = "30s";

  @Option(
      name = {"--dry-run"},
      description = "Show what would be done; the keys are proved, nothing is changed")
  private boolean dryRun;

  @Option(
      name = {"--yes"},
      description = "Do not ask")
  private boolean yes;

  @Override
  public ExitCode run(Session session) throws Exception {
    Set<OutOfSight> attested = Attestations.parse(attest);
    Duration keep = retention();
    ApprovalGate gate = approval.gate(config.approvals(session), session);
    AuditLog audit = config.audit(session);
    Terminal terminal = session.terminal();
    Display display = new Display(terminal.out(), terminal.outIsTerminal(), session.clock());
    Patience patience =
        new Patience(KeyReplacementCommand.duration(wait), session.clock(), Pause.real(), display);
    try (ClusterNodes cluster = nodes.connectWhole(session)) {
      KeyHierarchy keys = new KeyHierarchy(cluster);
      List<DataKeyInfo> meant =
          key != null
              ? List.of(keys.dataKey(key))
              : keys.dataKeys().stream().filter(which::isMeant).toList();
      if (gate.isRequest()) {
        gate.request(subject(cluster), operation(audit, "request-approval", keys.dataKey(only())));
        return ExitCode.OK;
      }
      GarbageCollection gc =
          new GarbageCollection(keys, cluster, patience, display, terminal::warn, keep);
      GarbageCollection.Plan plan = gc.plan(meant);
      plan.lines().forEach(terminal.out()::println);
      terminal.out().flush();
      if (dryRun || plan.isEmpty()) {
        return plan.isOpen() ? ExitCode.INCOMPLETE : ExitCode.OK;
      }
      if (!plan.removed().isEmpty()) {
        if (gate.isOn()) {
          gate.require(
              subject(cluster), operation(audit, "remove-data-key", plan.removed().get(0)));
        }
        Attestations.complete(terminal, ids(plan.removed()), attested);
        confirm(terminal, plan.removed());
      }
      for (DataKeyInfo each : plan.removed()) {
        var unused =
            operation(audit, "remove-data-key", each)
                .option("attested", OutOfSight.words(attested))
                .option("retention", retention)
                .run(
                    () -> {
                      gc.remove(each);
                      return true;
                    });
      }
      gc.carryOut(plan);
      return plan.isOpen() ? ExitCode.INCOMPLETE : ExitCode.OK;
    }
  }

  private Subject subject(ClusterNodes cluster) throws Exception {
    DataKeyInfo one = new KeyHierarchy(cluster).dataKey(only());
    return Subject.destroy(
        ClusterName.of(cluster), new SubjectKey(one.group(), one.keyId(), one.checkValue()));
  }

  private String only() throws CommandFailure {
    if (key == null) {
      throw new CommandFailure(
          ExitCode.USAGE, "approvals are configured, and each is for one key: say --key");
    }
    return key;
  }

  private static AuditedOperation operation(AuditLog audit, String name, DataKeyInfo key) {
    return audit.operation(name).groupName(key.group()).key(key.keyId());
  }

  private static String ids(List<DataKeyInfo> keys) {
    return String.join(", ", keys.stream().map(DataKeyInfo::keyId).toList());
  }

  private void confirm(Terminal terminal, List<DataKeyInfo> removed) throws CommandFailure {
    if (yes) {
      return;
    }
    Terminal.Person person = terminal.person();
    String answer =
        person == null
            ? null
            : person.answer(
                "Type the number of data keys to take away for good (" + removed.size() + "): ");
    if (answer == null || !answer.strip().equals(String.valueOf(removed.size()))) {
      throw new CommandFailure(
          ExitCode.NOT_CONFIRMED,
          person == null
              ? "nothing is removed: no terminal to confirm on; scripts say --yes"
              : "nothing is removed: not confirmed");
    }
  }

  private Duration retention() throws CommandFailure {
    Matcher days = DAYS.matcher(retention.strip());
    if (!days.matches()) {
      throw new CommandFailure(
          ExitCode.USAGE, "--retention is days, such as 30d, not " + retention);
    }
    return Duration.ofDays(Long.parseLong(days.group(1)));
  }
}
