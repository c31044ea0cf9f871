package io.cassandratde.tools.command;

import io.cassandratde.keys.config.AuditConfig;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code [file]} of the audit commands. */
final class AuditFileOperand {

  private AuditFileOperand() {}

  /** As given, else as configured. */
  static Path file(List<String> arguments, ConfigOption config, Session session)
      throws CommandFailure {
    Path file;
    if (arguments.isEmpty()) {
      AuditConfig audit = config.auditConfig(session);
      if (audit == null) {
        throw new CommandFailure(
            ExitCode.CONFIGURATION, "no audit.file is configured: name the file");
      }
      file = audit.file();
    } else {
      file = Path.of(arguments.get(0));
    }
    if (!Files.exists(file)) {
      throw new CommandFailure(
          ExitCode.NOT_FOUND,
          file + " does not exist: nothing was recorded yet, or it was removed");
    }
    return file;
  }
}
