package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.kmip.DestroyRefusedException;
import io.cassandratde.keys.kmip.KeyAdministration;
import io.cassandratde.keys.kmip.KeyFacts;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipNotFoundException;
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
import io.cassandratde.tools.cluster.OutOfSight;
import io.cassandratde.tools.cluster.SoughtKey;
import io.cassandratde.tools.destroy.ProvenDestroy;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.run.Display;
import io.cassandratde.tools.run.Patience;
import io.cassandratde.tools.run.Pause;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code managekmip destroy [<group>] <key_id>}: the only step that cannot be taken back. */
@Command(
    name = "destroy",
    description =
        "Destroy a key for good, when every node proves that nothing needs it. Asks on a terminal;"
            + " scripts say --attest and --yes. Where the configuration wants approvals, several people"
            + " sign it first")
public final class ManageKmipDestroy extends TdeCommand {

  @AirlineModule private ConfigOption config = new ConfigOption();
  @AirlineModule private AskedNodes nodes = new AskedNodes();
  @AirlineModule private ApprovalOption approval = new ApprovalOption();

  @Option(
      name = {"--attest"},
      title = "class,…",
      description =
          "Places that no node can see, of which you say that nothing there needs the key: "
              + "other-clusters, departed-hosts, commit-log-archives, consumed-cdc, backups, exports;"
              + " or all")
  private @Nullable String attest;

  @Option(
      name = {"--wait"},
      title = "time",
      description =
          "How long to wait for what goes by itself: files that are being written, and nodes that"
              + " have not noticed yet that another is down: 30s (default), 5m, 2h; 0: not at all")
  private String wait = "30s";

  @Option(
      name = {"--yes"},
      description = "Do not ask for the key id; not enough for --force")
  private boolean yes;

  @Option(
      name = {"--force"},
      description =
          "Destroy without the proof, asking no node: everything that needs the key is lost. Asks"
              + " for the key id; scripts say --confirm")
  private boolean force;

  @Option(
      name = {"--confirm"},
      title = "key_id",
      description = "With --force: the key id once more")
  private @Nullable String confirm;

  @Arguments(
      title = {"group", "key_id"},
      description =
          "The KMIP group and the key; with the key alone, acts only if exactly one group holds it")
  @Operands(form = "[<group>] <key_id>", least = 1, most = 2)
  private List<String> arguments = new ArrayList<>();

  @Override
  public ExitCode run(Session session) throws Exception {
    Set<OutOfSight> attested = Attestations.parse(attest);
    if (force ? attest != null : confirm != null) {
      throw new CommandFailure(
          ExitCode.USAGE, "--confirm goes with --force, and --attest with the proof");
    }
    TdeConfig loaded = config.load(session);
    ApprovalGate gate = approval.gate(loaded, session);
    KmipGroups groups = new KmipGroups(loaded);
    AuditLog audit = AuditLog.of(loaded.audit(), session);
    String id = arguments.get(arguments.size() - 1);
    String group = arguments.size() == 2 ? arguments.get(0) : onlyGroupWith(id, groups);
    try (KeyAdministration administration = groups.open(group)) {
      KeyFacts key = administration.get(id);
      if (!audit.isOn()) {
        session
            .terminal()
            .warn("this is recorded nowhere: " + loaded.file() + " has no audit.file");
      }
      AuditedOperation operation =
          audit
              .operation(gate.isRequest() ? "request-approval" : "destroy")
              .group(groups.group(group))
              .key(id)
              .option("force", force)
              .option("yes", yes);
      Target target = new Target(session, operation, administration, loaded, group, key, gate);
      if (gate.isRequest()) {
        request(target);
        return ExitCode.OK;
      }
      List<String> warnings = force ? forced(target) : proven(target, attested);
      warnings.forEach(session.terminal()::warn);
      session.terminal().out().println("Key " + id + " of group " + group + " is destroyed.");
    }
    return ExitCode.OK;
  }

  private record Target(
      Session session,
      AuditedOperation operation,
      KeyAdministration administration,
      TdeConfig config,
      String group,
      KeyFacts key,
      ApprovalGate gate) {

    String id() {
      return key.id();
    }

    /** By what the key server gives out, so that another key of this id is another subject. */
    SubjectKey subject() throws KmipException {
      return new SubjectKey(group, id(), administration.checkValue(id()));
    }
  }

  private void request(Target target) throws Exception {
    if (force) {
      target.gate().request(Subject.destroyByForce(target.subject()), target.operation());
      return;
    }
    String notYet = target.administration().objectionToDestroy(target.id());
    if (notYet != null) {
      target.session().terminal().warn("as of now it would be refused: " + notYet);
    }
    try (ClusterNodes cluster = nodes.connectWhole(target.session())) {
      target
          .gate()
          .request(Subject.destroy(ClusterName.of(cluster), target.subject()), target.operation());
    }
  }

  private List<String> proven(Target target, Set<OutOfSight> attested) throws Exception {
    AuditedOperation operation = target.operation();
    Session session = target.session();
    Terminal terminal = session.terminal();
    Display display = new Display(terminal.out(), terminal.outIsTerminal(), session.clock());
    Patience patience =
        new Patience(KeyReplacementCommand.duration(wait), session.clock(), Pause.real(), display);
    String objection = target.administration().objectionToDestroy(target.id());
    if (objection != null) {
      return operation.run(
          () -> {
            throw new DestroyRefusedException(objection);
          });
    }
    try (ClusterNodes cluster = nodes.connectWhole(session)) {
      if (target.gate().isOn()) {
        target
            .gate()
            .require(Subject.destroy(ClusterName.of(cluster), target.subject()), operation);
      }
      Attestations.complete(terminal, target.id(), attested);
      if (!yes) {
        typed(terminal, target.group(), target.key(), "--yes");
      }
      SoughtKey sought =
          new SoughtKey(target.group(), target.config().formerNames(target.group()), target.id());
      return operation
          .option("attested", OutOfSight.words(attested))
          .run(
              () ->
                  new ProvenDestroy(target.administration(), cluster, terminal, patience, display)
                      .run(sought));
    }
  }

  private List<String> forced(Target target) throws Exception {
    Terminal terminal = target.session().terminal();
    if (target.gate().isOn()) {
      target.gate().require(Subject.destroyByForce(target.subject()), target.operation());
    }
    terminal.warn(
        "no node is asked (--force): SSTables of any node, snapshots, backups elsewhere, commit"
            + " logs, change data, hints and Paxos state under key "
            + target.id()
            + " are lost if there are any");
    if (confirm == null) {
      typed(terminal, target.group(), target.key(), "--confirm " + target.id());
    } else if (!confirm.equals(target.id())) {
      throw new CommandFailure(
          ExitCode.NOT_CONFIRMED,
          "nothing is destroyed: --confirm says " + confirm + ", and the key is " + target.id());
    }
    return target.operation().run(() -> target.administration().destroy(target.id(), true));
  }

  /** A group that cannot be asked could hold the id too, so its failure ends the search. */
  private static String onlyGroupWith(String id, KmipGroups groups)
      throws CommandFailure, KmipException {
    List<String> holders = new ArrayList<>();
    for (String name : groups.names()) {
      try (KeyAdministration administration = groups.open(name)) {
        administration.get(id);
        holders.add(name);
      } catch (KmipNotFoundException e) {
        // Not this one; what another group says decides.
      }
    }
    if (holders.size() == 1) {
      return holders.get(0);
    }
    throw holders.isEmpty()
        ? new CommandFailure(
            ExitCode.NOT_FOUND,
            "no group holds key " + id + "; asked: " + String.join(", ", groups.names()))
        : new CommandFailure(
            ExitCode.USAGE,
            "key id "
                + id
                + " exists in several groups ("
                + String.join(", ", holders)
                + "); write: managekmip destroy <group> "
                + id);
  }

  private static void typed(Terminal terminal, String group, KeyFacts key, String script)
      throws CommandFailure {
    Terminal.Person person = terminal.person();
    if (person == null) {
      throw new CommandFailure(
          ExitCode.NOT_CONFIRMED,
          "nothing is destroyed: no terminal to confirm on; scripts say " + script);
    }
    String answer =
        person.answer(
            "Type the key id to destroy it for good ("
                + group
                + ", "
                + (key.state() == null ? "state unknown" : key.state().label())
                + "): ");
    if (answer == null || !answer.strip().equals(key.id())) {
      throw new CommandFailure(ExitCode.NOT_CONFIRMED, "nothing is destroyed: not confirmed");
    }
  }
}
