package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Command;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.cluster.BackupHold;
import io.cassandratde.tools.hold.HoldRegistry;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.output.Dates;
import io.cassandratde.tools.output.Json;
import io.cassandratde.tools.output.TextTable;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.management.JMException;
import org.jspecify.annotations.Nullable;

/** {@code backup list}. */
@Command(
    name = "list",
    description = "Show which keys backups elsewhere need, and until when; expired ones are marked")
public final class BackupList extends TdeCommand {

  @AirlineModule private AskedNodes nodes = new AskedNodes();
  @AirlineModule private FormatOption format = new FormatOption();

  @Override
  public ExitCode run(Session session)
      throws CommandFailure, InterruptedException, IOException, JMException {
    List<BackupHold> holds;
    try (ClusterNodes cluster = nodes.connect(session)) {
      holds =
          new HoldRegistry(cluster)
              .all().stream()
                  .sorted(
                      Comparator.comparing(BackupHold::name)
                          .thenComparing(BackupHold::group)
                          .thenComparing(BackupHold::keyId))
                  .toList();
    }
    Instant now = session.clock().instant();
    if (format.json()) {
      session.terminal().out().println(Json.of(json(holds, now)));
    } else if (holds.isEmpty()) {
      session.terminal().out().println("No backup is registered.");
    } else {
      TextTable table =
          new TextTable(
              List.of("BACKUP", "GROUP", "KEY", "CHECK VALUE", "HELD UNTIL", "REGISTERED", "NOTE"));
      for (BackupHold hold : holds) {
        String end = Dates.print(hold.holdUntil(), session.zone());
        table.row(
            List.of(
                hold.name(),
                hold.group(),
                hold.keyId(),
                hold.checkValue().isEmpty() ? "not known" : hold.checkValue(),
                expired(hold, now) ? end + " EXPIRED" : end,
                registered(hold, session),
                hold.note()));
      }
      table.lines().forEach(session.terminal().out()::println);
    }
    return ExitCode.OK;
  }

  private static boolean expired(BackupHold hold, Instant now) {
    return !hold.holdUntil().isAfter(now);
  }

  private static String registered(BackupHold hold, Session session) {
    try {
      return Dates.print(Instant.parse(hold.registeredAt()), session.zone());
    } catch (DateTimeParseException e) {
      return hold.registeredAt();
    }
  }

  private static Map<String, Object> json(List<BackupHold> holds, Instant now) {
    List<Object> list = new ArrayList<>();
    for (BackupHold hold : holds) {
      Map<String, @Nullable Object> entry = new LinkedHashMap<>();
      entry.put("name", hold.name());
      entry.put("group", hold.group());
      entry.put("key", hold.keyId());
      entry.put("check_value", hold.checkValue().isEmpty() ? null : hold.checkValue());
      entry.put("hold_until", hold.holdUntil().toString());
      entry.put("expired", expired(hold, now));
      entry.put("note", hold.note().isEmpty() ? null : hold.note());
      entry.put("registered_at", hold.registeredAt());
      list.add(entry);
    }
    return Map.of("holds", list);
  }
}
