package io.cassandratde.tools.rekey;

import io.cassandratde.tools.cluster.NodeKeys;
import io.cassandratde.tools.cluster.NodeOperation;
import io.cassandratde.tools.rolling.Window;
import io.cassandratde.tools.run.Undo;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Has a node do something in the background, and looks until it has ended. */
final class FollowedOperation {

  private final RekeyContext run;
  private final Node node;
  private final String kind;
  private final Node.Question<String> start;

  /**
   * @param kind as the node calls it
   * @param start gives the operation's id
   */
  FollowedOperation(RekeyContext run, Node node, String kind, Node.Question<String> start) {
    this.run = run;
    this.node = node;
    this.kind = kind;
    this.start = start;
  }

  /**
   * One that goes on already is followed: it is of a run that was killed, or of somebody else. When
   * the time window closes, it is cancelled; what it did stays done.
   *
   * @throws NodeTroubleException the node is away, or was restarted
   */
  NodeOperation toItsEnd() throws Exception {
    String id = running();
    if (id == null) {
      run.undo().check();
      id = node.ask(start);
    }
    String known = id;
    try (Undo.Entry entry = run.undo().add(() -> cancel(known))) {
      return follow(known);
    } finally {
      run.display().idle(node.name());
    }
  }

  private @Nullable String running() throws Exception {
    for (NodeOperation each : node.ask(NodeKeys::operations)) {
      if (each.kind().equals(kind)
          && each.keyId().equals(run.request().keyId())
          && each.group().equals(run.request().group())
          && !each.state().hasEnded()) {
        run.display()
            .line(
                "%s: a %s of this key is %s there already (%s): followed"
                    .formatted(node, kind, lower(each.state()), each.id()));
        return each.id();
      }
    }
    return null;
  }

  private static String lower(NodeOperation.State state) {
    return state.name().toLowerCase(java.util.Locale.ROOT);
  }

  private String cancel(String id) throws Exception {
    boolean goesOn = node.ask(keys -> keys.cancel(id));
    return node + ": " + kind + (goesOn ? " cancelled; what it did stays done" : " had ended");
  }

  private NodeOperation follow(String id) throws Exception {
    while (true) {
      NodeOperation now =
          node.ask(keys -> keys.operation(id))
              .orElseThrow(
                  () -> new NodeTroubleException(gone(id), false, new IOException(gone(id))));
      run.display()
          .progress(
              node.name(),
              kind + " " + now.sstablesDone() + "/" + now.sstables() + " SSTables",
              now.bytesDone(),
              now.bytes());
      run.state()
          .sample(
              new Sample(
                  run.patience().now().toString(), node.name(), now.bytesDone(), now.bytes()));
      if (now.state().hasEnded()) {
        return now;
      }
      Window window = run.request().window();
      if (window != null && !window.isOpen(run.patience().now())) {
        run.display().line(cancel(id) + ": the window " + window + " has closed");
      }
      run.patience().step();
    }
  }

  private String gone(String id) {
    return node + " knows nothing of " + kind + " " + id + ": it was restarted meanwhile";
  }
}
