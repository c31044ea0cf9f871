package io.cassandratde.tools.rekey;

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

/** Some nodes at a time, and, unless the operator says so, never those of two racks. */
final class Rolling {

  private Rolling() {}

  interface Work<N> {
    void on(N node) throws Exception;
  }

  /** As the request says it. */
  static void run(RekeyRequest request, List<Node> nodes, Work<Node> work) throws Exception {
    run(nodes, node -> request.anyRack() ? "" : node.rack(), request.parallel(), work);
  }

  static <N> void run(List<N> nodes, Function<N, String> rack, int parallel, Work<N> work)
      throws Exception {
    Map<String, List<N>> turns = new LinkedHashMap<>();
    for (N node : nodes) {
      turns.computeIfAbsent(rack.apply(node), r -> new ArrayList<>()).add(node);
    }
    for (Collection<N> turn : turns.values()) {
      together(turn, parallel, work);
    }
  }

  private static <N> void together(Collection<N> nodes, int parallel, Work<N> work)
      throws Exception {
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
