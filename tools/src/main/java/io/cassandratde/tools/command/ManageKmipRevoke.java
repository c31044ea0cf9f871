package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.kmip.KeyAdministration;
import io.cassandratde.keys.kmip.KeyFacts;
import io.cassandratde.kmip.RevocationReason;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.audit.AuditLog;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code managekmip revoke <group> <key_id>}. Warns, never asks: DSE's runbook is scripted. */
@Command(
    name = "revoke",
    description =
        "Deactivate a key for good: nothing new is encrypted under it, data under it stays readable")
public final class ManageKmipRevoke extends TdeCommand {

  @AirlineModule private ConfigOption config = new ConfigOption();

  @Option(
      name = {"--reason"},
      title = "reason",
      description =
          "cessation-of-operation (default), superseded, key-compromise, ca-compromise,"
              + " affiliation-changed, privilege-withdrawn or unspecified; the compromise reasons"
              + " make the key's state Compromised")
  private String reason = "cessation-of-operation";

  @Option(
      name = {"--message"},
      title = "text",
      description = "Kept by the server beside the reason")
  private @Nullable String message;

  @Option(
      name = {"--force"},
      description =
          "Revoke even if this server does not serve deactivated keys: data under the key may become"
              + " unreadable")
  private boolean force;

  @Arguments(
      title = {"group", "key_id"},
      description = "The KMIP group and the key")
  @Operands(form = "<group> <key_id>", least = 2, most = 2)
  private List<String> arguments = new ArrayList<>();

  @Override
  public ExitCode run(Session session) throws Exception {
    RevocationReason why = reason(reason);
    String id = arguments.get(1);
    TdeConfig loaded = config.load(session);
    KmipGroups groups = new KmipGroups(loaded);
    AuditLog audit = AuditLog.of(loaded.audit(), session);
    try (KeyAdministration administration = groups.open(arguments.get(0))) {
      KeyAdministration.Changed changed =
          audit
              .operation("revoke")
              .group(groups.group(arguments.get(0)))
              .key(id)
              .option("reason", why.name().toLowerCase(Locale.ROOT).replace('_', '-'))
              .option("message", message)
              .option("force", force)
              .run(() -> administration.revoke(id, why, message, force));
      changed.warnings().forEach(session.terminal()::warn);
      KeyFacts key = changed.key();
      session
          .terminal()
          .out()
          .println(
              "Key "
                  + id
                  + " is revoked: "
                  + (key.state() == null ? "state unknown" : key.state().label())
                  + ".");
      session
          .terminal()
          .warn(
              "data and backups under the key need it until they are rewritten: do not destroy it"
                  + " before");
    }
    return ExitCode.OK;
  }

  static RevocationReason reason(String text) throws CommandFailure {
    try {
      return RevocationReason.valueOf(
          text.strip().toUpperCase(Locale.ROOT).replace('-', '_').replace(' ', '_'));
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "'"
              + text
              + "' is no revocation reason; there are: "
              + Arrays.stream(RevocationReason.values())
                  .map(r -> r.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                  .collect(Collectors.joining(", ")),
          e);
    }
  }
}
