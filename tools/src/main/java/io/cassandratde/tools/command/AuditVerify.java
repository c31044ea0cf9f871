package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.keys.audit.AuditChain;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.output.Printable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code audit verify [file]}. */
@Command(
    name = "verify",
    description =
        "Prove that no record of the audit log was changed, dropped or moved; with --head also that"
            + " nothing was cut off its end since")
public final class AuditVerify extends TdeCommand {

  @AirlineModule private ConfigOption config = new ConfigOption();

  @Option(
      name = {"--head"},
      title = "hash",
      description = "What `audit head` printed once, kept where this machine's users cannot reach")
  private @Nullable String head;

  @Arguments(title = "file", description = "The audit log (default: audit.file)")
  @Operands(form = "[<file>]", most = 1)
  private List<String> arguments = new ArrayList<>();

  @Override
  public ExitCode run(Session session) throws CommandFailure, IOException {
    String anchor = head == null ? null : head.strip().toLowerCase(Locale.ROOT);
    if (anchor != null && !anchor.matches("[0-9a-f]{64}")) {
      throw new CommandFailure(
          ExitCode.USAGE, "--head takes 64 hexadecimal digits, as `audit head` prints them");
    }
    Path file = AuditFileOperand.file(arguments, config, session);
    AuditChain.Result result = AuditChain.verify(file, anchor);
    if (!result.whole()) {
      for (AuditChain.Fault fault : result.faults()) {
        String where = fault.line() == 0 ? "" : "line " + fault.line() + " ";
        session.terminal().err().println(Printable.of(file + ": " + where + fault.text()));
      }
      return ExitCode.TAMPERED;
    }
    session
        .terminal()
        .out()
        .println(
            "%s: %d records, chained whole; head %s"
                .formatted(file, result.records(), result.head()));
    if (anchor == null) {
      session
          .terminal()
          .out()
          .println(
              "Whether its end was cut off or changed a chain cannot tell: --head with a head that was"
                  + " kept elsewhere does.");
    }
    if (!result.open().isEmpty()) {
      session
          .terminal()
          .warn(
              "operations without a result, broken off or still going on: records "
                  + result.open().stream().map(String::valueOf).collect(Collectors.joining(", ")));
    }
    return ExitCode.OK;
  }
}
