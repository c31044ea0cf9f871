package io.cassandratde.sstable.cassandra.control;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.cassandra.cql3.QueryProcessor;
import org.apache.cassandra.cql3.UntypedResultSet;
import org.apache.cassandra.db.ConsistencyLevel;
import org.jspecify.annotations.Nullable;

/**
 * Runs statements on {@code encryption_control} on threads of its own, each within a time limit: a
 * write that waits for the very key that is being agreed on must not wait for good. What hangs
 * holds one of some threads; when all hang, nothing more is begun. None is interrupted: Cassandra
 * may read and write files on the thread that asks it, and an interrupt closes their channels for
 * all.
 */
public final class ControlStatements implements AutoCloseable {

  private static final int THREADS = 16;

  private final Duration limit;
  private final ExecutorService workers;

  /** With {@code limit} for one statement, however long Cassandra's own time-outs are. */
  public ControlStatements(Duration limit) {
    this.limit = limit;
    this.workers =
        new ThreadPoolExecutor(
            0,
            THREADS,
            1,
            TimeUnit.MINUTES,
            new SynchronousQueue<>(),
            task -> {
              Thread thread = new Thread(task, "tde-control-statement");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** A piece of work with Cassandra. */
  public interface Work<T> {
    T run();
  }

  /** Rows, or none of a statement that gives none. */
  public UntypedResultSet execute(
      String statement, ConsistencyLevel level, @Nullable Object... values) {
    return within(
        limit,
        () -> {
          UntypedResultSet rows = QueryProcessor.execute(statement, level, values);
          return rows == null ? UntypedResultSet.create(List.of()) : rows;
        });
  }

  /**
   * Rows of one partition, and what a transaction whose outcome its caller was not told has made of
   * them: it is ended first. For rows by which somebody decides what he then does not write into
   * the same partition on a condition.
   */
  public UntypedResultSet decided(String statement, @Nullable Object... values) {
    return execute(statement, ConsistencyLevel.SERIAL, values);
  }

  /** Whether a statement with a condition was applied. */
  public boolean applied(String statement, @Nullable Object... values) {
    return execute(statement, ConsistencyLevel.QUORUM, values).one().getBoolean("[applied]");
  }

  /**
   * What the work gives.
   *
   * @throws ControlUnavailableException it failed, or took longer
   */
  public <T> T within(Duration most, Work<T> work) {
    Future<T> running;
    try {
      running = workers.submit(work::run);
    } catch (RejectedExecutionException full) {
      throw new ControlUnavailableException(
          ControlKeyspace.NAME + " cannot be asked: " + THREADS + " statements are under way");
    }
    try {
      return running.get(most.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      running.cancel(false);
      throw new ControlUnavailableException(
          "%s did not answer within %d ms".formatted(ControlKeyspace.NAME, most.toMillis()));
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof ControlUnavailableException told) {
        throw told;
      }
      throw new ControlUnavailableException(
          "%s cannot be used: %s".formatted(ControlKeyspace.NAME, cause), e);
    } catch (InterruptedException e) {
      running.cancel(false);
      Thread.currentThread().interrupt();
      throw new ControlUnavailableException("interrupted while asking " + ControlKeyspace.NAME);
    }
  }

  @Override
  public void close() {
    workers.shutdown();
  }
}
