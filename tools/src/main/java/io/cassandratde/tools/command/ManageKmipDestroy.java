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
import io.cassandratde.tools.audit.AuditLog;
import io.cassandratde.tools.audit.AuditedOperation;
import io.cassandratde.tools.cluster.OutOfSight;
import io.cassandratde.tools.cluster.SoughtKey;
import io.cassandratde.tools.destroy.ProvenDestroy;
import io.cassandratde.tools.jmx.ClusterNodes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code managekmip destroy [<group>] <key_id>}: the only step that cannot be taken back. */
@Command(
    name = "destroy",
    description =
        "Destroy a key for good, when every node proves that nothing needs it. Asks on a terminal;"
            + " scripts say --attest and --yes")
public final class ManageKmipDestroy extends TdeCommand {

  @AirlineModule private ConfigOption config = new ConfigOption();
  @AirlineModule private AskedNodes nodes = new AskedNodes();

  @Option(
      name = {"--attest"},
      title = "class,…",
      description =
          "Places that no node can see, of which you say that nothing there needs the key: "
              + "other-clusters, departed-hosts, commit-log-archives, consumed-cdc, backups, exports;"
              + " or all")
  private @Nullable String attest;

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
              .operation("destroy")
              .group(groups.group(group))
              .key(id)
              .option("force", force)
              .option("yes", yes);
      List<String> warnings =
          force
              ? forced(session.terminal(), operation, administration, group, key)
              : proven(session, operation, administration, groups, group, key, attested);
      warnings.forEach(session.terminal()::warn);
      session.terminal().out().println("Key " + id + " of group " + group + " is destroyed.");
    }
    return ExitCode.OK;
  }

  private List<String> proven(
      Session session,
      AuditedOperation operation,
      KeyAdministration administration,
      KmipGroups groups,
      String group,
      KeyFacts key,
      Set<OutOfSight> attested)
      throws Exception {
    String objection = administration.objectionToDestroy(key.id());
    if (objection != null) {
      return operation.run(
          () -> {
            throw new DestroyRefusedException(objection);
          });
    }
    try (ClusterNodes cluster = nodes.connectWhole(session)) {
      Attestations.complete(session.terminal(), key.id(), attested);
      if (!yes) {
        typed(session.terminal(), group, key, "--yes");
      }
      SoughtKey sought = new SoughtKey(group, groups.formerNames(group), key.id());
      return operation
          .option("attested", OutOfSight.words(attested))
          .run(
              () ->
                  new ProvenDestroy(administration, cluster, session.terminal())
                      .run(sought, session.clock().instant()));
    }
  }

  private List<String> forced(
      Terminal terminal,
      AuditedOperation operation,
      KeyAdministration administration,
      String group,
      KeyFacts key)
      throws Exception {
    terminal.warn(
        "no node is asked (--force): SSTables of any node, snapshots, backups elsewhere, commit"
            + " logs, change data, hints and Paxos state under key "
            + key.id()
            + " are lost if there are any");
    if (confirm == null) {
      typed(terminal, group, key, "--confirm " + key.id());
    } else if (!confirm.equals(key.id())) {
      throw new CommandFailure(
          ExitCode.NOT_CONFIRMED,
          "nothing is destroyed: --confirm says " + confirm + ", and the key is " + key.id());
    }
    return operation.run(() -> administration.destroy(key.id(), true));
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
