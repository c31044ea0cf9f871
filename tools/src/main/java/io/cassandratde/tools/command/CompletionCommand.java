package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.Command;
import io.cassandratde.tools.BashCompletion;
import io.cassandratde.tools.CommandTree;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;

/**
 * {@code completion}: the bash completion script, for {@code source <(cassandra-tde completion)}.
 */
@Command(
    name = "completion",
    description =
        "Print the bash completion script; load it with: source <(cassandra-tde completion)")
public final class CompletionCommand extends TdeCommand {

  @Override
  public ExitCode run(Session session) {
    session
        .terminal()
        .out()
        .print(BashCompletion.script(CommandTree.build(session.program()).getMetadata()));
    return ExitCode.OK;
  }
}
