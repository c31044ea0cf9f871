package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.restrictions.Pattern;
import com.github.rvesse.airline.help.Help;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.CommandTree;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code help [command…]}. */
@Command(name = "help", description = "Show help, for all commands or for one")
public final class HelpCommand extends TdeCommand {

  @Arguments(title = "command", description = "The command to explain")
  @Pattern(pattern = "^[^-]", description = TdeCommand.NO_OPTION)
  private List<String> words = new ArrayList<>();

  @Override
  public ExitCode run(Session session) throws CommandFailure, IOException {
    if (!words.isEmpty() && !CommandTree.knows(words.get(0))) {
      throw new CommandFailure(
          ExitCode.USAGE, "no command '" + words.get(0) + "'; try: " + session.program() + " help");
    }
    print(session, words);
    return ExitCode.OK;
  }

  static void print(Session session, List<String> words) throws IOException {
    Help.help(CommandTree.build(session.program()).getMetadata(), words, session.terminal().out());
    session.terminal().out().flush();
  }
}
