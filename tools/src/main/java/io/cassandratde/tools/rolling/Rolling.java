package io.cassandratde.tools.rolling;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Some nodes at a time, and, unless the operator says so, never those of two racks.
 *
 * @param parallel nodes at a time
 * @param anyRack nodes of several racks at a time
 */
public record Rolling(int parallel, boolean anyRack) {

  public interface Work<N> {
    void on(N node) throws Exception;
  }

  /**
   * To the end of all, or of the first that fails.
   *
   * @param rack of a node: {@code dc1/rack1}
   */
  public <N> void run(List<N> nodes, Function<N, String> rack, Work<N> work) throws Exception {
    Map<String, List<N>> turns = new LinkedHashMap<>();
    for (N node : nodes) {
      turns.computeIfAbsent(anyRack ? "" : rack.apply(node), r -> new ArrayList<>()).add(node);
    }
    for (Collection<N> turn : turns.values()) {
      together(turn, work);
    }
  }

  private <N> void together(Collection<N> nodes, Work<N> work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(Math.min(parallel, nodes.size()));
    try {
      List<Future<?>> all = new ArrayList<>();
      for (N node : nodes) {
        all.add(
            threads.submit(
                () -> {
                  work.on(node);
                  return node;
                }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e.getCause() instanceof Exception cause ? cause : e;
    } finally {
      threads.shutdownNow();
    }
  }
}
