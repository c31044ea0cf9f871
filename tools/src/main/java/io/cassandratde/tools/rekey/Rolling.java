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

/** Some nodes at a time, and, unless the operator says so, never those of two racks. */
final class Rolling {

  private Rolling() {}

  interface Work {
    void on(Node node) throws Exception;
  }

  static void run(List<Node> nodes, int parallel, boolean anyRack, Work work) throws Exception {
    Map<String, List<Node>> turns = new LinkedHashMap<>();
    for (Node node : nodes) {
      turns.computeIfAbsent(anyRack ? "" : node.rack(), rack -> new ArrayList<>()).add(node);
    }
    for (Collection<Node> turn : turns.values()) {
      together(turn, parallel, work);
    }
  }

  private static void together(Collection<Node> nodes, int parallel, Work work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(Math.min(parallel, nodes.size()));
    try {
      List<Future<?>> all = new ArrayList<>();
      for (Node node : nodes) {
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
      throw e.getCause() instanceof Exception cause ? cause : e;
    } finally {
      threads.shutdownNow();
    }
  }
}
