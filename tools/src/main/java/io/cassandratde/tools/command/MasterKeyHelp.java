package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code masterkey help [command]}; also what an unknown command ends in. */
@Command(name = "help", description = "Show the masterkey commands, or explain one of them")
public final class MasterKeyHelp extends TdeCommand {

  @Arguments(title = "command", description = "The masterkey command to explain")
  @Operands(form = "[<command>]")
  private List<String> words = new ArrayList<>();

  @Override
  public ExitCode run(Session session) throws CommandFailure, IOException {
    List<String> path = new ArrayList<>(List.of("masterkey"));
    path.addAll(words);
    CommandHelp.print(session, path);
    return ExitCode.OK;
  }
}
