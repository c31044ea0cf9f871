package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.audit.AuditLog;
import io.cassandratde.tools.hold.BackupKeys;
import io.cassandratde.tools.hold.HeldKey;
import io.cassandratde.tools.hold.HoldPlan;
import io.cassandratde.tools.hold.HoldRegistry;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.output.Dates;
import io.cassandratde.tools.output.Printable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code backup hold <name>}. */
@Command(
    name = "hold",
    description =
        "Register at the nodes that a backup elsewhere needs keys until a date: managekmip destroy"
            + " refuses until then. The same again changes nothing; a later date extends")
public final class BackupHoldCommand extends TdeCommand {

  @AirlineModule private AskedNodes nodes = new AskedNodes();
  @AirlineModule private ConfigOption config = new ConfigOption();

  @Option(
      name = {"--until"},
      title = "date|period",
      description =
          "YYYY-MM-DD (that day included), a date with its time, or 90d, 12w, 7y from now (default:"
              + " the latest hold_until of the manifests)")
  private @Nullable String until;

  @Option(
      name = {"--manifest"},
      title = "file",
      description =
          "What `cassandra-tde manifest` wrote of the backup; may be repeated, such as one of each"
              + " node: all keys of all are held")
  private List<String> manifests = new ArrayList<>();

  @Option(
      name = {"--group"},
      title = "group",
      description = "Without a manifest: the KMIP group of the key, or local")
  private @Nullable String group;

  @Option(
      name = {"--key"},
      title = "key_id",
      description = "Without a manifest: a key that the backup needs; may be repeated")
  private List<String> keyIds = new ArrayList<>();

  @Option(
      name = {"--note"},
      title = "text",
      description = "For people, such as where the backup lies")
  private @Nullable String note;

  @Option(
      name = {"--force"},
      description =
          "Also when a hold ends earlier then, or names another key of this id, or no node can fetch"
              + " the key")
  private boolean force;

  @Arguments(title = "name", description = "Of the backup")
  @Operands(form = "<name>", least = 1, most = 1)
  private List<String> arguments = new ArrayList<>();

  @Override
  public ExitCode run(Session session) throws Exception {
    String name = arguments.get(0);
    if (manifests.isEmpty() ? group == null || keyIds.isEmpty() : group != null || any(keyIds)) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "write: backup hold <name> --manifest <file>, or --group <group> --key <key_id>");
    }
    if (name.isBlank() || !Printable.of(name).equals(name)) {
      throw new CommandFailure(ExitCode.USAGE, "'" + name + "' is no name for a backup");
    }
    BackupKeys backup = manifests.isEmpty() ? null : fromManifests(session);
    Instant end = end(session, backup);
    AuditLog audit = config.audit(session);
    int failed;
    int size;
    try (ClusterNodes cluster = nodes.connect(session)) {
      HoldRegistry registry = new HoldRegistry(cluster);
      List<HeldKey> keys = backup == null ? named(registry, session) : backup.keys();
      HoldPlan plan = HoldPlan.of(registry, name, keys, end, note);
      if (!force) {
        plan.requireStrengthening(session);
      }
      size = plan.size();
      failed = plan.carryOut(registry, audit, session);
    }
    if (failed > 0) {
      throw new CommandFailure(
          ExitCode.INCOMPLETE,
          "backup %s: %d of %d keys are held; run the same again for the others, listed above"
              .formatted(name, size - failed, size));
    }
    List<String> unread = backup == null ? List.of() : backup.unread();
    if (!unread.isEmpty()) {
      unread.forEach(line -> session.terminal().err().println(Printable.of("NOT READ: " + line)));
      throw new CommandFailure(
          ExitCode.INCOMPLETE,
          "backup %s may need keys that are not held: its manifest is not complete"
              .formatted(name));
    }
    if (size == 0) {
      session.terminal().out().println("Backup " + name + " needs no key; nothing is registered.");
    }
    return ExitCode.OK;
  }

  private static boolean any(List<String> some) {
    return !some.isEmpty();
  }

  private BackupKeys fromManifests(Session session) throws CommandFailure, IOException {
    return BackupKeys.read(
        NodeDirectories.existing(manifests).stream().map(Path::toAbsolutePath).toList(),
        config.groupNames(session));
  }

  private Instant end(Session session, @Nullable BackupKeys backup) throws CommandFailure {
    Instant now = session.clock().instant();
    Instant stated = backup == null ? null : backup.until();
    if (until == null) {
      if (stated == null) {
        throw new CommandFailure(
            ExitCode.USAGE,
            "say --until"
                + (backup == null ? "" : ": the manifest has no hold_until, by `--hold-until`"));
      }
      if (!stated.isAfter(now)) {
        throw new CommandFailure(
            ExitCode.USAGE, "the manifest's hold_until, " + stated + ", is past: say --until");
      }
      return stated;
    }
    try {
      return Dates.parseUntil(until, now, session.zone()).truncatedTo(ChronoUnit.SECONDS);
    } catch (DateTimeException e) {
      throw new CommandFailure(ExitCode.USAGE, "--until: " + e.getMessage(), e);
    }
  }

  /** A key that is misspelt would be held, and the one that is meant would not. */
  private List<HeldKey> named(HoldRegistry registry, Session session) throws CommandFailure {
    String of = java.util.Objects.requireNonNull(group);
    List<HeldKey> keys = new ArrayList<>();
    for (String id : keyIds.stream().distinct().toList()) {
      String checkValue = "";
      try {
        checkValue = registry.check(of, id).checkValue();
      } catch (CommandFailure e) {
        if (!force) {
          throw new CommandFailure(
              e.exitCode(), "nothing was registered: " + e.getMessage() + " (or say --force)", e);
        }
        session.terminal().warn(e.getMessage() + "; it is held by its id alone");
      }
      keys.add(new HeldKey(of, id, checkValue));
    }
    return keys;
  }
}
