package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;

/** What every command has: {@code --debug} and one method. Airline makes and fills the instance. */
public abstract class TdeCommand {

  @Option(
      name = {"--debug"},
      description = "Show stack traces and the log of what is sent to the servers")
  private boolean debug;

  public final boolean debug() {
    return debug;
  }

  /** Prints the result and returns the verdict; failures travel as exceptions. */
  public abstract ExitCode run(Session session) throws Exception;
}
