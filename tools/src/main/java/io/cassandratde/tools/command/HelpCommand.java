package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code help [command…]}; also what an unknown first word ends in. */
@Command(name = "help", description = "Show help, for all commands or for one")
public final class HelpCommand extends TdeCommand {

  @Arguments(title = "command", description = "The command to explain")
  @Operands(form = "[<command>]")
  private List<String> words = new ArrayList<>();

  @Override
  public ExitCode run(Session session) throws CommandFailure, IOException {
    CommandHelp.print(session, words);
    return ExitCode.OK;
  }
}
