package io.cassandratde.tools.destroy;

import io.cassandratde.tools.cluster.NodeFailureException;
import io.cassandratde.tools.cluster.NodeKeys;
import io.cassandratde.tools.jmx.NodeConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** One question to all nodes at once; each has an answer, or says why not. */
final class EachNode {
  private EachNode() {}

  interface Question<T> {
    T of(NodeKeys node) throws NodeFailureException, InterruptedException;
  }

  /**
   * What one node said.
   *
   * @param failure null: it answered
   */
  record Answer<T>(NodeConnection from, @Nullable T value, @Nullable String failure) {
    String node() {
      return from.address().toString();
    }
  }

  static <T> List<Answer<T>> ask(List<NodeConnection> nodes, Question<T> question)
      throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(Math.max(1, nodes.size()));
    try {
      List<Future<Answer<T>>> asked =
          nodes.stream().map(node -> threads.submit(() -> ask(node, question))).toList();
      List<Answer<T>> answers = new ArrayList<>();
      for (Future<Answer<T>> each : asked) {
        answers.add(each.get());
      }
      return answers;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  private static <T> Answer<T> ask(NodeConnection node, Question<T> question)
      throws InterruptedException {
    try {
      return new Answer<>(node, question.of(new NodeKeys(node)), null);
    } catch (NodeFailureException | RuntimeException e) {
      return new Answer<>(node, null, String.valueOf(e.getMessage()));
    }
  }
}
