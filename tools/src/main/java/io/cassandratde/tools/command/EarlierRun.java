package io.cassandratde.tools.command;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Terminal;
import java.nio.file.Files;
import java.nio.file.Path;

/** The state file that an earlier run of the same command left. */
final class EarlierRun {

  private EarlierRun() {}

  /**
   * What --resume asks for.
   *
   * @throws CommandFailure there is none
   */
  static void require(Path state) throws CommandFailure {
    if (!Files.exists(state)) {
      throw new CommandFailure(
          ExitCode.NOT_FOUND, state + " is not there: no run to go on with; leave --resume out");
    }
  }

  /** For the operator, who may not know of it. */
  static void tell(Terminal terminal, String begun, String stage, Path state) {
    terminal
        .out()
        .println(
            "Going on with the run of %s, which reached %s (%s)".formatted(begun, stage, state));
  }

  /** A file of its name with another end, such as {@code .proof.json}. */
  static Path beside(Path state, String end) {
    String name = String.valueOf(state.getFileName()).replaceFirst("\\.json$", "");
    return state.toAbsolutePath().resolveSibling(name + end);
  }
}
