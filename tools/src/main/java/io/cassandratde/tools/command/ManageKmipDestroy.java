package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.kmip.KeyAdministration;
import io.cassandratde.keys.kmip.KeyFacts;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipNotFoundException;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.Terminal;
import io.cassandratde.tools.audit.AuditLog;
import java.util.ArrayList;
import java.util.List;

/** {@code managekmip destroy [<group>] <key_id>}: the only step that cannot be taken back. */
@Command(
    name = "destroy",
    description =
        "Destroy a key for good: everything encrypted under it becomes unreadable. Asks on a"
            + " terminal; scripts say --yes")
public final class ManageKmipDestroy extends TdeCommand {

  @AirlineModule private ConfigOption config = new ConfigOption();

  @Option(
      name = {"--yes"},
      description = "Do not ask")
  private boolean yes;

  @Option(
      name = {"--force"},
      description =
          "Destroy even while nodes may still encrypt under the key: what they do is then lost")
  private boolean force;

  @Arguments(
      title = {"group", "key_id"},
      description =
          "The KMIP group and the key; with the key alone, acts only if exactly one group holds it")
  @Operands(form = "[<group>] <key_id>", least = 1, most = 2)
  private List<String> arguments = new ArrayList<>();

  @Override
  public ExitCode run(Session session) throws Exception {
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
      confirm(session.terminal(), group, key);
      audit
          .operation("destroy")
          .group(groups.group(group))
          .key(id)
          .option("force", force)
          .option("yes", yes)
          .run(() -> administration.destroy(id, force))
          .forEach(session.terminal()::warn);
      session.terminal().out().println("Key " + id + " of group " + group + " is destroyed.");
    }
    return ExitCode.OK;
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

  private void confirm(Terminal terminal, String group, KeyFacts key) throws CommandFailure {
    terminal.warn(
        "this command cannot know yet whether anything still needs key "
            + key.id()
            + ": SSTables of any node, snapshots, backups elsewhere, commit logs, change data, hints,"
            + " Paxos state. What needs it is lost. Look with: cassandra-tde scan, on every node, and"
            + " scan --path <directory> for backups");
    if (yes) {
      return;
    }
    Terminal.Person person = terminal.person();
    if (person == null) {
      throw new CommandFailure(
          ExitCode.NOT_CONFIRMED,
          "nothing is destroyed: no terminal to confirm on; scripts say --yes");
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
