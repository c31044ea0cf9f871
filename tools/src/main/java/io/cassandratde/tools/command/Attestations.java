package io.cassandratde.tools.command;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Terminal;
import io.cassandratde.tools.cluster.OutOfSight;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Asks for what {@code --attest} did not say. */
final class Attestations {
  private Attestations() {}

  private static final String ALL = "all";

  /** As {@code --attest} has it: words with commas between them, or {@code all}. */
  static Set<OutOfSight> parse(@Nullable String option) throws CommandFailure {
    Set<OutOfSight> given = EnumSet.noneOf(OutOfSight.class);
    if (option == null) {
      return given;
    }
    for (String word : option.split(",", -1)) {
      if (word.strip().equals(ALL)) {
        return EnumSet.allOf(OutOfSight.class);
      }
      given.add(
          Arrays.stream(OutOfSight.values())
              .filter(each -> each.word().equals(word.strip()))
              .findFirst()
              .orElseThrow(() -> unknown(word)));
    }
    return given;
  }

  private static CommandFailure unknown(String word) {
    return new CommandFailure(
        ExitCode.USAGE,
        "--attest: '"
            + word
            + "' is none of "
            + OutOfSight.words(EnumSet.allOf(OutOfSight.class))
            + ", "
            + ALL);
  }

  /** In plain words; registered backups are asked of the nodes. */
  private static String what(OutOfSight each) {
    return each == OutOfSight.BACKUPS
        ? each.what() + ", except those registered with a hold"
        : each.what();
  }

  /** Every class is attested then, or it has failed. */
  static void complete(Terminal terminal, String what, Set<OutOfSight> attested)
      throws CommandFailure {
    Set<OutOfSight> missing = EnumSet.allOf(OutOfSight.class);
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
              + OutOfSight.words(missing)
              + "; when you know that nothing does, say --attest");
    }
    terminal
        .err()
        .println(
            "No node can see these places. Is it certain that nothing there needs key "
                + what
                + "?");
    for (OutOfSight each : missing) {
      String answer = person.answer("  " + what(each) + " [yes/no]: ");
      if (answer == null || !answer.strip().toLowerCase(Locale.ROOT).equals("yes")) {
        throw new CommandFailure(
            ExitCode.NOT_CONFIRMED, "nothing is destroyed: not attested: " + what(each));
      }
      attested.add(each);
    }
  }
}
