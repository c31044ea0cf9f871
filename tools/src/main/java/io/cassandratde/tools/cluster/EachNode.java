package io.cassandratde.tools.cluster;

import io.cassandratde.tools.jmx.NodeConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.management.JMException;
import org.jspecify.annotations.Nullable;

/** One question to all nodes at once; each has an answer, or says why not. */
public final class EachNode {

  private static final int AT_ONCE = 64;

  private EachNode() {}

  /**
   * What is asked.
   *
   * @param <N> what stands for a node
   */
  public interface Question<N, T> {
    T of(N node) throws Exception;
  }

  /**
   * What one node said.
   *
   * @param value null: it did not answer
   * @param failure null: it did
   */
  public record Answer<N, T>(N node, @Nullable T value, @Nullable Exception failure) {

    /** Why there is no answer, for the operator. */
    public String reason() {
      Exception thrown = failure;
      if (thrown == null) {
        return "it answered";
      }
      return thrown instanceof IOException
              || thrown instanceof JMException
              || thrown instanceof RuntimeException
          ? NodeConnection.rootMessage(thrown)
          : String.valueOf(thrown.getMessage());
    }
  }

  /** In the order of the nodes. */
  public static <N, T> List<Answer<N, T>> ask(List<N> nodes, Question<N, T> question)
      throws InterruptedException {
    ExecutorService threads =
        Executors.newFixedThreadPool(Math.max(1, Math.min(nodes.size(), AT_ONCE)));
    try {
      List<Future<Answer<N, T>>> asked = new ArrayList<>();
      for (N node : nodes) {
        asked.add(threads.submit(() -> ask(node, question)));
      }
      List<Answer<N, T>> answers = new ArrayList<>();
      for (Future<Answer<N, T>> each : asked) {
        answers.add(each.get());
      }
      return answers;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof InterruptedException) {
        throw new InterruptedException("a node was not asked to the end");
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  private static <N, T> Answer<N, T> ask(N node, Question<N, T> question)
      throws InterruptedException {
    try {
      return new Answer<>(node, question.of(node), null);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      return new Answer<>(node, null, e);
    }
  }
}
