package io.cassandratde.tools.rekey;

import io.cassandratde.tools.cluster.KeyUse;
import io.cassandratde.tools.cluster.NodeKeys;
import io.cassandratde.tools.cluster.NodeOperation;
import io.cassandratde.tools.rolling.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Brings the live SSTables of one node from under the key, however often the node goes away. When
 * somebody ends the work there, that is the end of it for this run.
 */
final class NodeReplacement {

  private static final int FAILURES = 3;

  private final RekeyContext run;
  private final Node node;

  NodeReplacement(RekeyContext run, Node node) {
    this.run = run;
    this.node = node;
  }

  void run() throws Exception {
    Instant lastHeard = run.patience().now();
    int failures = 0;
    while (true) {
      awaitWindow();
      try {
        NodeOperation ended = attempt();
        if (ended == null) {
          return;
        }
        lastHeard = run.patience().now();
        if (ended.state() == NodeOperation.State.DONE) {
          done(ended);
          return;
        }
        node.requireServing(); // else it ended because the node does
        if (isClosed()) {
          continue;
        }
        if (ended.state() == NodeOperation.State.CANCELLED) {
          run.troubles().stopped(node.name(), text(ended));
          return;
        }
        if (++failures == FAILURES) {
          run.troubles().add(node.name(), text(ended));
          return;
        }
      } catch (NodeTroubleException e) {
        if (!run.patience().now().isBefore(lastHeard.plus(run.patience().limit()))
            || (e.refused() && ++failures == FAILURES)) {
          run.troubles().add(node.name(), e.text());
          return;
        }
        run.display().waiting(e.text() + "; it is asked again");
      }
      run.patience().step();
    }
  }

  /** Null: nothing is to be done here, or it was said why not. */
  private @Nullable NodeOperation attempt() throws Exception {
    node.requireServing();
    List<KeyUse> live = new Reading.Told(node, node.ask(NodeKeys::readInventory)).live(run.key());
    if (live.isEmpty()) {
      if (!run.state().done().containsKey(node.hostId())) {
        run.display().line(node + ": no live SSTable needs the key");
      }
      run.state().nodeDone(node.hostId(), run.patience().now());
      return null;
    }
    String busy = run.patience().until(this::tooBusy);
    if (busy != null) {
      run.troubles().add(node.name(), busy);
      return null;
    }
    try (Throughput throughput = Throughput.set(run, node)) {
      RekeyRequest request = run.request();
      return new FollowedOperation(
              run,
              node,
              request.kind(),
              keys ->
                  request.rewrap()
                      ? keys.rewrap(request.group(), request.keyId(), List.of())
                      : keys.rewrite(request.group(), request.keyId(), List.of(), request.jobs()))
          .toItsEnd();
    }
  }

  private @Nullable String tooBusy() throws Exception {
    long pending = node.pendingCompactions();
    return pending <= run.request().maxPending()
        ? null
        : "%s has %d compactions pending, more than %d (--max-pending)"
            .formatted(node, pending, run.request().maxPending());
  }

  private boolean isClosed() {
    Window window = run.request().window();
    return window != null && !window.isOpen(run.patience().now());
  }

  private void awaitWindow() throws InterruptedException {
    Window window = run.request().window();
    while (window != null && isClosed()) {
      Duration left = window.untilOpen(run.patience().now());
      run.display().waiting("waiting for the window " + window);
      run.patience()
          .pause(left.compareTo(Duration.ofMinutes(1)) < 0 ? left : Duration.ofMinutes(1));
    }
  }

  private void done(NodeOperation ended) {
    run.state().nodeDone(node.hostId(), run.patience().now());
    run.display()
        .line(
            "%s: %s done, %d SSTables (%s)"
                .formatted(
                    node,
                    run.request().kind(),
                    ended.sstablesDone(),
                    io.cassandratde.tools.output.Bytes.print(ended.bytesDone())));
  }

  static String text(NodeOperation ended) {
    String failures =
        ended.failures().stream()
            .map(failure -> failure.subject() + ": " + failure.reason())
            .collect(Collectors.joining("; "));
    return ended.state() == NodeOperation.State.CANCELLED
        ? ended.kind()
            + " was ended on the node by somebody; what it did stays done"
            + (failures.isEmpty() ? "" : ": " + failures)
        : ended.kind() + " failed: " + failures;
  }
}
