package io.cassandratde.tools.command;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Terminal;
import io.cassandratde.tools.cluster.OutOfSight;
import io.cassandratde.tools.shred.Confirmation;
import io.cassandratde.tools.shred.TenantPlan;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The keyspace's name is typed, or said by --yes and --confirm together. */
final class ShredConfirmation implements Confirmation {

  private final Terminal terminal;
  private final String keyspace;
  private final Set<OutOfSight> attested;
  private final boolean yes;
  private final @Nullable String confirm;

  ShredConfirmation(
      Terminal terminal,
      String keyspace,
      Set<OutOfSight> attested,
      boolean yes,
      @Nullable String confirm) {
    this.terminal = terminal;
    this.keyspace = keyspace;
    this.attested = attested;
    this.yes = yes;
    this.confirm = confirm;
  }

  @Override
  public void require(TenantPlan plan) throws CommandFailure {
    Attestations.complete(terminal, String.valueOf(plan.keys()), attested);
    String answer = confirm;
    if (!yes || confirm == null) {
      Terminal.Person person = terminal.person();
      if (person == null) {
        throw new CommandFailure(
            ExitCode.NOT_CONFIRMED,
            "nothing is destroyed: no terminal to confirm on; scripts say --yes --confirm "
                + keyspace);
      }
      answer =
          person.answer(
              "Keyspace %s and all its data go for good, and %d keys with it, which makes every copy unreadable. Type its name: "
                  .formatted(keyspace, plan.keys().size()));
    }
    if (answer == null || !answer.strip().equals(keyspace)) {
      throw new CommandFailure(ExitCode.NOT_CONFIRMED, "nothing is destroyed: not confirmed");
    }
  }

  @Override
  public String attested() {
    return OutOfSight.words(attested);
  }
}
