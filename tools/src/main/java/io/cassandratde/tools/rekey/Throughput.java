package io.cassandratde.tools.rekey;

import io.cassandratde.tools.run.Undo;
import org.jspecify.annotations.Nullable;

/**
 * A node's compaction throughput while it rewrites. The value that the node had is in the state
 * file before it changes, so that a later run restores it when this one is killed.
 */
final class Throughput implements AutoCloseable {

  private final RekeyContext run;
  private final Node node;
  private final Undo.@Nullable Entry undo;

  private Throughput(RekeyContext run, Node node, Undo.@Nullable Entry undo) {
    this.run = run;
    this.node = node;
    this.undo = undo;
  }

  /** Nothing is changed where the operator named no throughput. */
  static Throughput set(RekeyContext run, Node node)
      throws NodeTroubleException, InterruptedException {
    Integer wanted = run.request().throughput();
    if (wanted == null) {
      return new Throughput(run, node, null);
    }
    run.state().throughputWas(node.hostId(), node.throughput());
    Undo.Entry undo = run.undo().add(() -> restore(run.state(), node));
    node.setThroughput(wanted);
    return new Throughput(run, node, undo);
  }

  /** Gives the node back what the state file has for it. */
  static String restore(RekeyState state, Node node)
      throws NodeTroubleException, InterruptedException {
    Integer before = state.throughput().get(node.hostId());
    if (before == null) {
      return node + ": its compaction throughput is its own";
    }
    node.setThroughput(before);
    state.throughputRestored(node.hostId());
    return node + ": compaction throughput is " + before + " MiB/s again";
  }

  @Override
  public void close() throws NodeTroubleException, InterruptedException {
    if (undo != null) {
      var unused = restore(run.state(), node);
      undo.close();
    }
  }
}
