package io.cassandratde.tools.destroy;

import io.cassandratde.tools.cluster.NodeFailureException;
import io.cassandratde.tools.cluster.NodeKeys;
import io.cassandratde.tools.cluster.NodeOperation;
import io.cassandratde.tools.run.Patience;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A node brings from under a key what it can without its SSTables being rewritten. */
public final class KeyRelease {

  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private KeyRelease() {}

  /**
   * Carries it out to its end; what failed, if anything.
   *
   * @param patience whose clock counts, not its limit
   */
  public static List<String> run(NodeKeys node, String group, String keyId, Patience patience)
      throws NodeFailureException, InterruptedException {
    String id = node.release(group, keyId);
    Instant end = patience.now().plus(LONGEST);
    while (patience.now().isBefore(end)) {
      NodeOperation operation = node.operation(id).orElse(null);
      if (operation == null) {
        return List.of("it forgot the release " + id + ", so it was restarted");
      }
      if (operation.state().hasEnded()) {
        // What is left is found by the reading that follows; here is why.
        return operation.failures().stream()
            .map(failure -> failure.subject() + ": " + failure.reason())
            .toList();
      }
      patience.pause(LOOK);
    }
    return List.of("the release " + id + " did not end within " + LONGEST.toMinutes() + " min");
  }
}
