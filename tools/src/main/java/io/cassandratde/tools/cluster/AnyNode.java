package io.cassandratde.tools.cluster;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import java.util.ArrayList;
import java.util.List;
import javax.management.InstanceNotFoundException;

/**
 * What the nodes of a cluster share, in their keyspace: they write and read it by quorum, so any
 * one of them speaks for all. Only for calls that may be made twice, as the next node is asked
 * where one fails.
 *
 * @param <N> what stands for a node
 */
public final class AnyNode<N> {

  private final List<N> nodes;
  private final ExitCode whenRefused;

  /**
   * @param whenRefused the verdict where every node answered, and none does it
   */
  public AnyNode(List<N> nodes, ExitCode whenRefused) {
    this.nodes = List.copyOf(nodes);
    this.whenRefused = whenRefused;
  }

  /** What is asked of a node. */
  public interface Call<N, T> {
    T on(N node) throws NodeFailureException;
  }

  /**
   * The first answer.
   *
   * @throws CommandFailure there is none; unless all nodes refused, it may have happened or not
   */
  public <T> T ask(String nobody, Call<N, T> call) throws CommandFailure {
    List<String> failures = new ArrayList<>();
    boolean refused = !nodes.isEmpty();
    for (N node : nodes) {
      try {
        return call.on(node);
      } catch (NodeFailureException e) {
        refused &= e.refused() && !(e.getCause() instanceof InstanceNotFoundException);
        failures.add(String.valueOf(e.getMessage()));
      }
    }
    throw new CommandFailure(
        refused ? whenRefused : ExitCode.UNREACHABLE, nobody + ": " + String.join("; ", failures));
  }
}
