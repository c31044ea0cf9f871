package io.cassandratde.tools.command;

import com.github.rvesse.airline.help.cli.CliCommandGroupUsageGenerator;
import com.github.rvesse.airline.help.cli.CliCommandUsageGenerator;
import com.github.rvesse.airline.help.cli.CliGlobalUsageSummaryGenerator;
import com.github.rvesse.airline.help.cli.CliUsageHelper;
import com.github.rvesse.airline.model.ArgumentsMetadata;
import com.github.rvesse.airline.model.CommandGroupMetadata;
import com.github.rvesse.airline.model.CommandMetadata;
import com.github.rvesse.airline.model.GlobalMetadata;
import com.github.rvesse.airline.model.OptionMetadata;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.CommandTree;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The help pages: airline's, with each command's operands as the command takes them. */
final class CommandHelp {
  private final GlobalMetadata<TdeCommand> global;
  private final OutputStream out;

  private CommandHelp(GlobalMetadata<TdeCommand> global, OutputStream out) {
    this.global = global;
    this.out = out;
  }

  /** Help for all (no words), for a group or for a command. */
  static void print(Session session, List<String> words) throws CommandFailure, IOException {
    CommandHelp help =
        new CommandHelp(
            CommandTree.build(session.program()).getMetadata(), session.terminal().out());
    if (!help.print(words)) {
      throw new CommandFailure(ExitCode.USAGE, "no command '" + String.join(" ", words) + "'");
    }
    session.terminal().out().flush();
  }

  private boolean print(List<String> words) throws IOException {
    if (words.isEmpty()) {
      new CliGlobalUsageSummaryGenerator<TdeCommand>().usage(global, out);
      return true;
    }
    CommandGroupMetadata group = CommandTree.group(global, words.get(0));
    if (group != null && words.size() == 1) {
      new GroupPage().usage(global, new CommandGroupMetadata[] {group}, out);
      return true;
    }
    CommandMetadata command = CommandTree.command(global, words);
    if (command == null) {
      return false;
    }
    String @Nullable [] groups = group == null ? null : new String[] {group.getName()};
    new CommandPage()
        .usage(
            global.getName(),
            groups,
            command.getName(),
            command,
            global.getParserConfiguration(),
            out);
    return true;
  }

  private static final class GroupPage extends CliCommandGroupUsageGenerator<TdeCommand> {
    @Override
    protected String toUsage(ArgumentsMetadata arguments) {
      return OperandsRule.form(arguments);
    }
  }

  private static final class CommandPage extends CliCommandUsageGenerator {
    @Override
    protected String toUsage(ArgumentsMetadata arguments) {
      return OperandsRule.form(arguments);
    }

    @Override
    protected CliUsageHelper createHelper(
        Comparator<? super OptionMetadata> order, boolean includeHidden) {
      return new CliUsageHelper(order, includeHidden) {
        @Override
        protected String toDescription(ArgumentsMetadata arguments) {
          return OperandsRule.form(arguments);
        }
      };
    }
  }
}
