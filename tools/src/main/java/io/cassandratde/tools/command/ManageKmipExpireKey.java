package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.kmip.KeyAdministration;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.audit.AuditLog;
import io.cassandratde.tools.output.Dates;
import io.cassandratde.tools.output.Json;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code managekmip expirekey <group> <key_id> [date]}: the date may arrive as two words. */
@Command(
    name = "expirekey",
    description =
        "Stop encryption under a key from a date on (default: now); it goes on decrypting. Exit code"
            + " 7 when the server keeps no such date: then use revoke")
public final class ManageKmipExpireKey extends TdeCommand {

  @AirlineModule private ConfigOption config = new ConfigOption();

  @Arguments(
      title = {"group", "key_id", "YYYY-MM-DD HH:MM:SS:T"},
      description = "The KMIP group, the key and the date, in this machine's time zone")
  @Operands(form = "<group> <key_id> [YYYY-MM-DD HH:MM:SS:T]", least = 2, most = 4)
  private List<String> arguments = new ArrayList<>();

  @Override
  public ExitCode run(Session session) throws Exception {
    Instant date = date(session.zone());
    String id = arguments.get(1);
    TdeConfig loaded = config.load(session);
    KmipGroups groups = new KmipGroups(loaded);
    AuditLog audit = AuditLog.of(loaded.audit(), session);
    try (KeyAdministration administration = groups.open(arguments.get(0))) {
      KeyAdministration.Changed changed =
          audit
              .operation("expirekey")
              .group(groups.group(arguments.get(0)))
              .key(id)
              .option("date", Json.instant(date))
              .run(() -> administration.expire(id, date));
      changed.warnings().forEach(session.terminal()::warn);
      Instant kept = changed.key().protectStop();
      session
          .terminal()
          .out()
          .println(
              "Key "
                  + id
                  + " encrypts nothing from "
                  + Dates.print(kept, session.zone())
                  + " on; it goes on decrypting.");
    }
    return ExitCode.OK;
  }

  /** Null for now: the server's clock decides, as nodes do. */
  private @Nullable Instant date(ZoneId zone) throws CommandFailure {
    if (arguments.size() == 2) {
      return null;
    }
    try {
      return Dates.parse(String.join(" ", arguments.subList(2, arguments.size())), zone);
    } catch (DateTimeException e) {
      throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }
}
