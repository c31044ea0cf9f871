package io.cassandratde.e2e.load;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.ExecutionInfo;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.metadata.Node;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * As many requests in each second as it is told, half of them writes of new rows, half reads of
 * rows that were acknowledged; a table {@code (id int PRIMARY KEY, secret text)}.
 */
public final class SteadyLoad implements AutoCloseable {

  private static final int IN_FLIGHT = 512;

  private final CqlSession session;
  private final PreparedStatement insert;
  private final PreparedStatement select;
  private final int perSecond;
  private final int firstId;
  private final Semaphore flying = new Semaphore(IN_FLIGHT);
  private final AtomicLong completed = new AtomicLong();
  private final AtomicInteger lastWritten = new AtomicInteger(-1);
  private final Set<Integer> written = ConcurrentHashMap.newKeySet();
  private final Queue<Failure> failures = new ConcurrentLinkedQueue<>();
  private final Thread thread = new Thread(this::run, "steady-load");
  private volatile boolean ended;
  private long nanos;

  /** Rows get ids from this one on. */
  public SteadyLoad(CqlSession session, String table, int firstId, int perSecond) {
    this.session = session;
    this.perSecond = perSecond;
    this.firstId = firstId;
    insert = session.prepare("INSERT INTO " + table + " (id, secret) VALUES (?, ?)");
    select = session.prepare("SELECT secret FROM " + table + " WHERE id = ?");
    thread.setDaemon(true);
  }

  public SteadyLoad start() {
    thread.start();
    return this;
  }

  private static String secret(int id) {
    return "load-" + Content.value("load", id, 1);
  }

  private void run() {
    long begin = System.nanoTime();
    Random random = new Random(7);
    int id = firstId;
    for (long sent = 0; !ended; sent++) {
      long due = begin + TimeUnit.SECONDS.toNanos(sent) / perSecond;
      long early = due - System.nanoTime();
      if (early > 0) {
        LockSupport.parkNanos(early);
      }
      flying.acquireUninterruptibly();
      int last = lastWritten.get();
      if (sent % 2 == 0 || last < 0) {
        write(id++);
      } else {
        read(firstId + random.nextInt(last - firstId + 1));
      }
    }
    flying.acquireUninterruptibly(IN_FLIGHT); // all have come back
    nanos = System.nanoTime() - begin;
  }

  private void write(int id) {
    send(
        insert.bind(id, secret(id)),
        id,
        result -> {
          written.add(id);
          lastWritten.accumulateAndGet(id, Math::max);
          return null;
        });
  }

  /** Rows that are not acknowledged yet may be missing; no other, and none may be wrong. */
  private void read(int id) {
    boolean mustBeThere = written.contains(id);
    send(
        select.bind(id),
        id,
        result -> {
          Row row = result.one();
          if (row == null) {
            return mustBeThere ? "row " + id + " is missing" : null;
          }
          return secret(id).equals(row.getString("secret")) ? null : "row " + id + " is wrong";
        });
  }

  /**
   * A request that did not end as it must.
   *
   * @param coordinator the node that it was sent to, where that is the driver's word: an answer
   *     that came and is wrong has none, for no node may give it
   */
  public record Failure(String text, @Nullable String coordinator) {

    static Failure of(int id, Throwable thrown) {
      Throwable cause = thrown instanceof CompletionException e ? e.getCause() : thrown;
      ExecutionInfo sent = cause instanceof DriverException e ? e.getExecutionInfo() : null;
      Node node = sent == null ? null : sent.getCoordinator();
      return new Failure(
          "request for " + id + ": " + cause,
          node != null && node.getEndPoint().resolve() instanceof InetSocketAddress address
              ? address.getAddress().getHostAddress()
              : null);
    }
  }

  private interface Check {
    @Nullable String failure(AsyncResultSet result);
  }

  private void send(BoundStatement statement, int id, Check check) {
    var unused =
        session
            .executeAsync(statement)
            .whenComplete(
                (result, thrown) -> {
                  if (thrown != null) {
                    failures.add(Failure.of(id, thrown));
                  } else {
                    String wrong = check.failure(result);
                    if (wrong != null) {
                      failures.add(new Failure(wrong, null));
                    }
                  }
                  completed.incrementAndGet();
                  flying.release();
                });
  }

  /** What failed so far. */
  public Queue<Failure> failures() {
    return failures;
  }

  /** Ends it, and waits for the last answers. */
  public SteadyLoad stop() throws InterruptedException {
    ended = true;
    thread.join();
    return this;
  }

  /** After the end: how many requests a second were answered. */
  public double rate() {
    return completed.get() * 1e9 / nanos;
  }

  /** After the end: every row that was acknowledged, as it was written. */
  public void requireAllRows(CqlSession from, String table) {
    Map<Integer, String> found = new HashMap<>();
    for (Row row : from.execute("SELECT id, secret FROM " + table)) {
      found.put(row.getInt("id"), String.valueOf(row.getString("secret")));
    }
    for (int id : written) {
      if (!secret(id).equals(found.get(id))) {
        throw new AssertionError("row " + id + " is " + found.get(id));
      }
    }
  }

  public int rows() {
    return written.size();
  }

  @Override
  public void close() throws InterruptedException {
    stop();
    session.close();
  }
}
