package io.cassandratde.keys.audit;

import io.cassandratde.keys.config.AuditConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records what a node does with keys. Unlike the tools' log it holds up nobody: a flush must not
 * wait for a disk that audits. Records wait in memory, in their order, until they can be written;
 * what cannot wait any more is counted, and the count is the next record.
 *
 * <p>Before {@link #start} nothing is recorded: Cassandra's offline tools read the node's
 * configuration too.
 */
public final class NodeAudit implements AutoCloseable {

  private static final Logger logger = LoggerFactory.getLogger(NodeAudit.class);

  /** Months of a node's operations, in a few megabytes. */
  private static final int MOST_WAITING = 10_000;

  /** Of what a server, or who calls over JMX, says. */
  private static final int LONGEST_TEXT = 2000;

  private static final int LONGEST_LIST = 20;

  /** Of each field, where a record is too long even so: a character takes six bytes at most. */
  private static final int SHORT = 200;

  private static final long LOOK_MILLIS = 200;
  private static final Duration RETRY = Duration.ofSeconds(5);
  private static final Duration ALARM_AGAIN = Duration.ofMinutes(1);

  private final Supplier<@Nullable AuditConfig> config;
  private final InstantSource clock;
  private final Duration retry;
  private final LinkedBlockingDeque<Map<String, @Nullable Object>> waiting;
  private final AtomicLong lost = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private volatile boolean failing;
  private volatile @Nullable Thread writer;
  private volatile boolean closed;
  private volatile String program = "";
  private final Actor actor = Actor.of(Map.of());
  private long alarmed = Long.MIN_VALUE;

  /** As {@code config} says at the moment of each record. */
  public NodeAudit(Supplier<@Nullable AuditConfig> config, InstantSource clock) {
    this(config, clock, RETRY, MOST_WAITING);
  }

  NodeAudit(Supplier<@Nullable AuditConfig> config, InstantSource clock, Duration retry, int most) {
    this.waiting = new LinkedBlockingDeque<>(most);
    this.retry = retry;
    this.config = config;
    this.clock = clock;
  }

  /** Begins to record, as {@code program} with its version. */
  public synchronized void start(String name) {
    if (writer == null && !closed) {
      program = name;
      Thread thread = new Thread(this::write, "tde-audit");
      thread.setDaemon(true);
      writer = thread;
      thread.start();
    }
  }

  /** Whether the configuration names a file of the node. */
  private @Nullable Path file() {
    AuditConfig now = config.get();
    return now == null ? null : now.nodeFile();
  }

  /**
   * Never blocks and never throws.
   *
   * @param target what it was about: group, certificate, key, and what else there is to tell; null
   *     values are left out
   * @param error why it was not done; null: it was
   */
  public void record(
      String operation, Map<String, ? extends @Nullable Object> target, @Nullable String error) {
    if (writer == null || closed || file() == null) {
      return;
    }
    if (!waiting.offerLast(event(operation, target, error))) {
      lost.incrementAndGet();
    }
  }

  private Map<String, @Nullable Object> event(
      String operation, Map<String, ? extends @Nullable Object> target, @Nullable String error) {
    Map<String, @Nullable Object> record = new LinkedHashMap<>();
    record.put("time", clock.instant().toString());
    record.put("host", actor.host());
    record.put("user", actor.user());
    record.put("tool", program);
    record.put("pid", ProcessHandle.current().pid());
    record.put("phase", AuditRecord.EVENT);
    record.put("operation", operation);
    target.forEach(
        (name, value) -> {
          if (value != null) {
            record.put(name, cut(value));
          }
        });
    record.put("outcome", error == null ? "done" : "refused");
    if (error != null) {
      record.put("error", cut(error));
    }
    return record;
  }

  /** What stands in it decides nothing but how much of it is kept. */
  private static Object cut(Object value) {
    if (value instanceof String text) {
      return cut(text);
    }
    if (value instanceof List<?> list) {
      String all = list.stream().limit(LONGEST_LIST).map(String::valueOf).toList().toString();
      return list.size() <= LONGEST_LIST && all.length() <= LONGEST_TEXT
          ? value
          : cut(list.size() + " of them: " + all);
    }
    return value;
  }

  private static String cut(String text) {
    return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "…";
  }

  /** Records that wait, for the file cannot be written or the disk is slow. */
  public long waiting() {
    return waiting.size();
  }

  /** Records that could not wait any more, since the start. */
  public long lost() {
    return lost.get();
  }

  /** Attempts to write that failed, since the start. */
  public long failures() {
    return failures.get();
  }

  /** Whether the last attempt failed. */
  public boolean isFailing() {
    return failing;
  }

  /** Never interrupted: that would close the file in the middle of a line. */
  private void write() {
    long told = 0;
    while (!closed || !waiting.isEmpty()) {
      Map<String, @Nullable Object> next = next();
      if (next == null) {
        continue;
      }
      if (!writtenInTheEnd(next)) {
        return;
      }
      long missing = lost.get() - told;
      if (missing > 0) {
        told += missing;
        // Not by the queue: it is full, or was, and would lose this too.
        if (!writtenInTheEnd(
            event("records-lost", Map.of("records", missing), "the file could not be written"))) {
          return;
        }
      }
    }
  }

  /** False: the node stops, and the record is lost. */
  private boolean writtenInTheEnd(Map<String, @Nullable Object> record) {
    while (!written(record)) {
      if (!pause()) {
        logger.error("ALARM: {} audit records of this node are lost: it stops", waiting() + 1);
        return false;
      }
    }
    return true;
  }

  private @Nullable Map<String, @Nullable Object> next() {
    try {
      return waiting.pollFirst(LOOK_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException nobodysBusiness) {
      return null;
    }
  }

  /** False: the node stops. */
  private boolean pause() {
    long end = System.nanoTime() + retry.toNanos();
    while (!closed && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
    }
    return !closed;
  }

  private boolean written(Map<String, @Nullable Object> record) {
    AuditConfig now = config.get();
    Path file = now == null ? null : now.nodeFile();
    if (now == null || file == null) {
      return true; // switched off meanwhile
    }
    AuditFile.Written written;
    try {
      written = append(file, record);
      failing = false;
    } catch (IOException | RuntimeException e) {
      alarm("recorded in " + file, e);
      return false;
    }
    if (now.syslog()) {
      try {
        Syslog.system().send(written.line());
      } catch (IOException | RuntimeException e) {
        // It stands in the file; a second copy of the line would be a second record.
        alarm("sent to the system's log", e);
      }
    }
    return true;
  }

  /** One that is too long must not be in the way of all that follow. */
  private AuditFile.Written append(Path file, Map<String, @Nullable Object> record)
      throws IOException {
    try {
      return new AuditFile(file).append(record);
    } catch (AuditFile.TooLongException e) {
      Map<String, @Nullable Object> rest = new LinkedHashMap<>();
      record.forEach(
          (name, value) -> {
            String text = String.valueOf(value);
            rest.put(name, text.length() <= SHORT ? value : text.substring(0, SHORT) + "…");
          });
      return new AuditFile(file).append(rest);
    }
  }

  private void alarm(String what, Exception e) {
    failing = true;
    failures.incrementAndGet();
    long now = System.nanoTime();
    if (alarmed == Long.MIN_VALUE || now - alarmed > ALARM_AGAIN.toNanos()) {
      alarmed = now;
      logger.error(
          "ALARM: what this node does with keys cannot be {} (audit in the configuration); {} records"
              + " wait, the node goes on: {}",
          what,
          waiting.size(),
          e.toString());
    }
  }

  /** Writes what waits, if it can be written. */
  @Override
  public void close() {
    closed = true;
    Thread thread = writer;
    if (thread != null) {
      try {
        thread.join(2 * RETRY.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
