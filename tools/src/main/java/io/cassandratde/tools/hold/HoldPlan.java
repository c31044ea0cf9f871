package io.cassandratde.tools.hold;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.audit.AuditLog;
import io.cassandratde.tools.cluster.BackupHold;
import io.cassandratde.tools.output.Dates;
import io.cassandratde.tools.output.Printable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** All keys of one backup: what is registered, what shall be, and carrying it out. */
public final class HoldPlan {

  private final List<HoldChange> changes;

  private HoldPlan(List<HoldChange> changes) {
    this.changes = changes;
  }

  /**
   * Compares with what the nodes have.
   *
   * @param note null: a note that is there stays
   */
  public static HoldPlan of(
      HoldRegistry registry, String name, List<HeldKey> keys, Instant until, @Nullable String note)
      throws CommandFailure {
    List<BackupHold> registered = registry.all();
    return new HoldPlan(
        keys.stream().map(key -> HoldChange.of(registered, name, key, until, note)).toList());
  }

  /**
   * Whoever asks for less than is registered says so.
   *
   * @throws CommandFailure nothing was changed
   */
  public void requireStrengthening(Session session) throws CommandFailure {
    List<HoldChange> weaker = changes.stream().filter(each -> each.kind().weakens()).toList();
    if (!weaker.isEmpty()) {
      throw new CommandFailure(
          ExitCode.REFUSED,
          weaker.stream()
              .map(each -> reason(each, session))
              .collect(
                  Collectors.joining(
                      "; ", "nothing was changed: ", "; say --force if that is meant")));
    }
  }

  private static String reason(HoldChange change, Session session) {
    BackupHold before = java.util.Objects.requireNonNull(change.before());
    return change.kind() == HoldChange.Kind.SHORTENED
        ? "%s is held until %s, which is later than %s"
            .formatted(
                key(change),
                Dates.print(before.holdUntil(), session.zone()),
                Dates.print(change.after().holdUntil(), session.zone()))
        : "%s is registered with check value %s, and this one has %s: another key"
            .formatted(key(change), before.checkValue(), change.after().checkValue());
  }

  /**
   * Registers one key after the other, each with its record, and prints what became of it.
   *
   * @return how many could not be registered
   */
  public int carryOut(HoldRegistry registry, AuditLog audit, Session session) throws Exception {
    List<String> failures = new ArrayList<>();
    for (HoldChange change : changes) {
      BackupHold hold = change.after();
      try {
        if (change.kind() != HoldChange.Kind.UNCHANGED) {
          register(registry, audit, hold);
        }
        String line =
            "%s: held until %s (%s)"
                .formatted(
                    key(change),
                    Dates.print(hold.holdUntil(), session.zone()),
                    change.kind().word());
        session.terminal().out().println(Printable.of(line));
      } catch (CommandFailure e) {
        if (e.exitCode() != ExitCode.UNREACHABLE) {
          throw e;
        }
        failures.add("NOT HELD for certain: " + key(change) + ": " + e.getMessage());
      }
    }
    session.terminal().out().flush();
    failures.forEach(line -> session.terminal().err().println(Printable.of(line)));
    return failures.size();
  }

  private static void register(HoldRegistry registry, AuditLog audit, BackupHold hold)
      throws Exception {
    var unused =
        audit
            .operation("hold-backup")
            .groupName(hold.group())
            .key(hold.keyId())
            .option("backup", hold.name())
            .option("until", hold.holdUntil().toString())
            .option("note", hold.note().isEmpty() ? null : hold.note())
            .run(
                () -> {
                  registry.put(hold);
                  return true;
                });
  }

  public int size() {
    return changes.size();
  }

  private static String key(HoldChange change) {
    return "key " + change.after().keyId() + " of group " + change.after().group();
  }
}
