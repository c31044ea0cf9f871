package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;

/** {@code rekey --group g --key K}. */
@Command(
    name = "rekey",
    description =
        "Replace a key on the whole cluster: new key, switch, rewrite of what the old key sealed,"
            + " and the proof that nothing needs it. Broken off at any place, the same command"
            + " goes on")
public final class RekeyCommand extends KeyReplacementCommand {

  @Option(
      name = {"--rewrap"},
      description = "As the command rewrap: replace wraps, write no data")
  private boolean rewrap;

  @Override
  boolean rewrap() {
    return rewrap;
  }
}
