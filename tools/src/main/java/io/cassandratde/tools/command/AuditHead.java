package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import io.cassandratde.keys.audit.AuditChain;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.output.Printable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code audit head [file]}. */
@Command(
    name = "head",
    description =
        "Print the hash of the audit log's last record, to be kept elsewhere for `audit verify"
            + " --head`")
public final class AuditHead extends TdeCommand {

  @AirlineModule private ConfigOption config = new ConfigOption();

  @Arguments(title = "file", description = "The audit log (default: audit.file)")
  @Operands(form = "[<file>]", most = 1)
  private List<String> arguments = new ArrayList<>();

  /** The head of a chain that does not hold proves nothing: it is not given. */
  @Override
  public ExitCode run(Session session) throws CommandFailure, IOException {
    Path file = AuditFileOperand.file(arguments, config, session);
    AuditChain.Result result = AuditChain.verify(file, null);
    if (!result.whole()) {
      AuditChain.Fault fault = result.faults().get(0);
      session
          .terminal()
          .err()
          .println(Printable.of(file + ": line " + fault.line() + " " + fault.text()));
      return ExitCode.TAMPERED;
    }
    session.terminal().out().println(result.head());
    return ExitCode.OK;
  }
}
