package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.Command;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import java.io.IOException;
import java.util.List;

/** {@code managekmip help}, as DSE has it. */
@Command(name = "help", description = "Show the managekmip commands")
public final class ManageKmipHelp extends TdeCommand {

  @Override
  public ExitCode run(Session session) throws IOException {
    HelpCommand.print(session, List.of("managekmip"));
    return ExitCode.OK;
  }
}
