package io.cassandratde.tools.command;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Terminal;
import io.cassandratde.tools.destroy.Attestation;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Asks for what {@code --attest} did not say. */
final class Attestations {
  private Attestations() {}

  static Set<Attestation> parse(@Nullable String option) throws CommandFailure {
    try {
      return Attestation.parse(option);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  /** Every class is attested then, or it has failed. */
  static void complete(Terminal terminal, String what, Set<Attestation> attested)
      throws CommandFailure {
    Set<Attestation> missing = EnumSet.allOf(Attestation.class);
    missing.removeAll(attested);
    if (missing.isEmpty()) {
      return;
    }
    Terminal.Person person = terminal.person();
    if (person == null) {
      throw new CommandFailure(
          ExitCode.NOT_CONFIRMED,
          "nothing is destroyed: no node can see what needs key "
              + what
              + " in places of these classes, and no terminal to ask on: "
              + Attestation.words(missing)
              + "; when you know that nothing does, say --attest");
    }
    terminal
        .err()
        .println(
            "No node can see these places. Is it certain that nothing there needs key "
                + what
                + "?");
    for (Attestation each : missing) {
      String answer = person.answer("  " + each.what() + " [yes/no]: ");
      if (answer == null || !answer.strip().toLowerCase(Locale.ROOT).equals("yes")) {
        throw new CommandFailure(
            ExitCode.NOT_CONFIRMED, "nothing is destroyed: not attested: " + each.what());
      }
      attested.add(each);
    }
  }
}
