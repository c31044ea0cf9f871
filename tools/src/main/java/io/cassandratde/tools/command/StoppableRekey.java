package io.cassandratde.tools.command;

import io.cassandratde.tools.Terminal;
import io.cassandratde.tools.rekey.Cluster;
import io.cassandratde.tools.rekey.KeySource;
import io.cassandratde.tools.rekey.Proof;
import io.cassandratde.tools.rekey.Rekey;
import io.cassandratde.tools.rekey.RekeyState;
import org.jspecify.annotations.Nullable;

/** A run that Ctrl-C ends in order: nodes end their work for it, and what it set is put back. */
final class StoppableRekey {

  private StoppableRekey() {}

  /** What it proved; null after a dry run. */
  static @Nullable Proof run(
      Terminal terminal, Rekey rekey, RekeyState state, Cluster cluster, KeySource keys)
      throws Exception {
    Thread hook =
        new Thread(
            () -> {
              rekey.stop();
              terminal
                  .out()
                  .println("Stopped. The same command goes on from here (" + state.file() + ")");
              terminal.out().flush();
            },
            "rekey-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return rekey.run(state, cluster, keys);
    } finally {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        hook.join(); // Ctrl-C came: it needs the connections until it is done
      }
    }
  }
}
