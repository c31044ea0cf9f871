package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.Command;

/** {@code rewrap --group g --key K}. */
@Command(
    name = "rewrap",
    description =
        "Replace a key as rekey does, by wrapping the SSTables' data keys under the new one: no data"
            + " is written. For scheduled rotation, not for a compromised key")
public final class RewrapCommand extends KeyReplacementCommand {

  @Override
  boolean rewrap() {
    return true;
  }
}
