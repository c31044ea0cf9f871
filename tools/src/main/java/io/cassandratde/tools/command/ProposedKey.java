package io.cassandratde.tools.command;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.Terminal;
import io.cassandratde.tools.cluster.MasterKeyInfo;
import io.cassandratde.tools.hierarchy.KeyHierarchy;
import io.cassandratde.tools.hierarchy.MasterKeyReports;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.run.Display;
import io.cassandratde.tools.run.Patience;
import io.cassandratde.tools.run.Pause;
import java.time.Duration;

/** A version of a master key that was just proposed, and what the nodes say of it. */
record ProposedKey(ClusterNodes cluster, KeyHierarchy keys, String name, int version) {

  /**
   * Waits until every node has shown that it has the same key, and prints what each says.
   *
   * @throws CommandFailure the wait is over, and one has not; names all of those
   */
  void awaitAll(Session session, Duration wait) throws Exception {
    Terminal terminal = session.terminal();
    terminal.out().println("Version %d of master key %s is proposed".formatted(version, name));
    terminal.out().flush();
    Display display = new Display(terminal.out(), terminal.outIsTerminal(), session.clock());
    Patience patience = new Patience(wait, session.clock(), Pause.real(), display);
    String left = patience.until(() -> reports().objection());
    MasterKeyReports reports = reports();
    MasterKeyInfo key = reports.key();
    terminal.out().println("key %s (check value %s)".formatted(key.keyId(), key.checkValue()));
    reports.lines().forEach(terminal.out()::println);
    terminal.out().flush();
    if (left != null) {
      throw new CommandFailure(
          ExitCode.INCOMPLETE,
          "it cannot be activated yet: %s. Mend that and run `%s masterkey fetch %s`, then `masterkey activate %s %d`; or take it back with `masterkey abort %s %d`"
              .formatted(left, session.program(), name, name, version, name, version));
    }
  }

  private MasterKeyReports reports() throws CommandFailure {
    return MasterKeyReports.of(keys, cluster, name, version);
  }
}
