package io.cassandratde.tools.jmx;

import io.cassandratde.tools.jmx.NodeConnection.Rewrite;
import io.cassandratde.tools.jmx.NodeConnection.TableSize;
import io.cassandratde.tools.jmx.NodeConnection.WriteMark;
import io.cassandratde.tools.rolling.Window;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.management.JMException;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites the SSTables of one node, table by table: so the result, a stop and the list of what is
 * left are exact to the table.
 */
final class NodeUpgrade {
  private static final Duration POLL = Duration.ofMillis(300);

  /** nodetool tries as often: CASSANDRA-18635, a rewrite that a concurrent flush interrupts. */
  private static final int ATTEMPTS = 5;

  private static final Duration LOOK = Duration.ofSeconds(1);

  private final NodeConnection node;
  private final String rack;
  private final UpgradeRequest request;
  private final InstantSource clock;
  private final Map<TableName, TableSize> sizes = new LinkedHashMap<>();
  private final Map<TableName, Rewritten> done = new LinkedHashMap<>();
  private final Map<TableName, String> failed = new LinkedHashMap<>();
  private volatile @Nullable String failure;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private @Nullable Integer throughputBefore;

  /**
   * @param rack {@code dc1/rack1}
   */
  NodeUpgrade(NodeConnection node, String rack, UpgradeRequest request, InstantSource clock) {
    this.node = node;
    this.rack = rack;
    this.request = request;
    this.clock = clock;
  }

  /**
   * The tables that this request means on this node.
   *
   * @throws UnknownTableException for a keyspace or table that the node does not have
   */
  void plan() throws UnknownTableException, IOException, JMException {
    List<String> keyspaces = node.keyspaces();
    String named = request.keyspace();
    if (named != null && !keyspaces.contains(named)) {
      throw new UnknownTableException(
          "no keyspace '" + named + "'; there are: " + String.join(", ", sorted(keyspaces)));
    }
    for (String keyspace : named == null ? sorted(keyspaces) : List.of(named)) {
      List<String> tables = node.tables(keyspace);
      for (String table : request.tables()) {
        if (!tables.contains(table)) {
          throw new UnknownTableException(
              "no table '"
                  + table
                  + "' in "
                  + keyspace
                  + "; there are: "
                  + String.join(", ", tables));
        }
      }
      for (String table : request.tables().isEmpty() ? tables : request.tables()) {
        sizes.put(new TableName(keyspace, table), node.size(keyspace, table));
      }
    }
  }

  /** Names something that the schema does not have. */
  static final class UnknownTableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnknownTableException(String message) {
      super(message);
    }
  }

  String rack() {
    return rack;
  }

  void run(PrintStream out, boolean bar) throws InterruptedException {
    TableSize total = sizes.values().stream().reduce(TableSize.EMPTY, TableSize::plus);
    Progress progress = new Progress(node.address().toString(), out, bar, clock, total);
    ExecutorService caller =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "upgrade-" + node.address());
              thread.setDaemon(true);
              return thread;
            });
    try {
      for (Map.Entry<TableName, TableSize> entry : sizes.entrySet()) {
        awaitWindow(progress);
        if (isStopped() || failure != null || !limitThroughput(progress)) {
          break;
        }
        table(entry.getKey(), entry.getValue(), progress, caller);
      }
    } finally {
      caller.shutdownNow();
      progress.erase();
      restoreThroughput();
    }
  }

  /** From another thread: ends the table in work and starts no other. */
  void stop() {
    stopped.countDown();
    try {
      node.stopUpgrades();
    } catch (IOException | JMException | RuntimeException e) {
      failure = "could not be told to stop: " + NodeConnection.rootMessage(e);
    }
    restoreThroughput();
  }

  private boolean isStopped() {
    return stopped.getCount() == 0;
  }

  /** A table that was begun goes on past the end: with -a, one begun anew starts from nothing. */
  private void awaitWindow(Progress progress) throws InterruptedException {
    Window window = request.window();
    boolean told = false;
    while (window != null && !isStopped() && !window.isOpen(clock.instant())) {
      if (!told) {
        progress.line("waiting for the window " + window);
        told = true;
      }
      var unused = stopped.await(LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Once; what the node had is shown, for whoever must put it back after a kill -9. */
  private synchronized boolean limitThroughput(Progress progress) {
    Integer wanted = request.throughput();
    if (wanted == null || throughputBefore != null || isStopped()) {
      return true;
    }
    try {
      int before = node.compactionThroughput();
      throughputBefore = before;
      node.setCompactionThroughput(wanted);
      progress.line(
          "compaction throughput is %d MiB/s meanwhile, was %d".formatted(wanted, before));
      return true;
    } catch (IOException | JMException | RuntimeException e) {
      failure = "its compaction throughput cannot be set: " + NodeConnection.rootMessage(e);
      return false;
    }
  }

  private synchronized void restoreThroughput() {
    Integer before = throughputBefore;
    if (before == null) {
      return;
    }
    throughputBefore = null;
    try {
      node.setCompactionThroughput(before);
    } catch (IOException | JMException | RuntimeException e) {
      String left =
          "its compaction throughput was not put back to %d MiB/s: %s"
              .formatted(before, NodeConnection.rootMessage(e));
      failure = failure == null ? left : failure + "; " + left;
    }
  }

  synchronized NodeResult result() {
    List<TableName> notStarted = new ArrayList<>(sizes.keySet());
    notStarted.removeAll(done.keySet());
    notStarted.removeAll(failed.keySet());
    return new NodeResult(
        node.address().toString(),
        List.copyOf(done.keySet()),
        done.keySet().stream().filter(t -> done.get(t) == Rewritten.NOTHING).toList(),
        new LinkedHashMap<>(failed),
        notStarted,
        failure);
  }

  private void table(TableName table, TableSize size, Progress progress, ExecutorService caller)
      throws InterruptedException {
    Instant start = clock.instant();
    Rewritten rewritten = Rewritten.NOTHING;
    String reason;
    try {
      WriteMark before = node.writeMark(table);
      reason = attempts(table, progress, caller);
      if (reason == null) {
        rewritten = rewritten(before, node.writeMark(table));
      }
    } catch (IOException | JMException | RuntimeException e) {
      reason = reason(e);
    }
    if (isStopped() && reason != null) {
      return; // stays in the list of what is left
    }
    if (reason == null) {
      finish(table, rewritten);
      progress.tableDone(table, size, rewritten, Duration.between(start, clock.instant()));
      return;
    }
    if (!node.alive()) {
      failure = "connection lost while rewriting " + table + " (" + reason + ")";
      progress.line("FAILED: " + failure);
      return;
    }
    fail(table, reason);
    progress.tableFailed(table, size, reason);
  }

  /**
   * The node answers "successful" also when there was nothing to do. Its names of SSTables do not
   * show over JMX, but two counters tell: without new bytes nothing was written, and without an old
   * version the bytes are those of a compaction that ran at the same time.
   */
  private Rewritten rewritten(WriteMark before, WriteMark after) {
    boolean written = after.bytesWritten() > before.bytesWritten();
    if (!written || (!request.includeAll() && before.oldVersion() == 0)) {
      return Rewritten.NOTHING;
    }
    return request.includeAll() && !request.limited() ? Rewritten.ALL : Rewritten.SOME;
  }

  private synchronized void finish(TableName table, Rewritten rewritten) {
    done.put(table, rewritten);
  }

  private synchronized void fail(TableName table, String reason) {
    failed.put(table, reason);
  }

  private @Nullable String attempts(TableName table, Progress progress, ExecutorService caller)
      throws InterruptedException {
    String reason = "stopped before it began";
    for (int attempt = 1; attempt <= ATTEMPTS && !isStopped(); attempt++) {
      reason = attempt(table, progress, caller);
      if (reason == null || !reason.contains("CompactionInterruptedException")) {
        break;
      }
    }
    return reason;
  }

  /** One call of the MBean; null when the table is done, else why it is not. */
  private @Nullable String attempt(TableName table, Progress progress, ExecutorService caller)
      throws InterruptedException {
    Map<String, Rewrite> seen = new HashMap<>();
    Future<Integer> call =
        caller.submit(() -> node.upgrade(table.keyspace(), table.table(), request));
    while (true) {
      try {
        int status = call.get(POLL.toMillis(), TimeUnit.MILLISECONDS);
        return switch (status) {
          case 0 -> null;
          case 1 -> "aborted by the node; its log says why";
          case 2 -> "some SSTables are in use by another operation on the node; run it again later";
          default -> "the node answered " + status;
        };
      } catch (TimeoutException e) {
        show(table, seen, progress);
      } catch (ExecutionException e) {
        return reason(e.getCause() == null ? e : e.getCause());
      }
    }
  }

  private void show(TableName table, Map<String, Rewrite> seen, Progress progress) {
    List<Rewrite> running;
    try {
      running = node.rewrites();
    } catch (IOException | JMException | RuntimeException e) {
      return; // The call itself will tell when the connection is gone.
    }
    Map<String, Rewrite> now = new HashMap<>();
    for (Rewrite rewrite : running) {
      if (rewrite.keyspace().equals(table.keyspace()) && rewrite.table().equals(table.table())) {
        now.put(rewrite.id(), rewrite);
        seen.put(rewrite.id(), rewrite);
      }
    }
    double bytes = 0;
    for (Rewrite rewrite : seen.values()) {
      bytes +=
          now.containsKey(rewrite.id()) ? rewrite.fraction() * rewrite.bytes() : rewrite.bytes();
    }
    progress.running(table, (long) bytes, seen.size() - now.size());
  }

  /** Server-side exceptions of classes that we do not have arrive as ClassNotFoundException. */
  private static String reason(Throwable thrown) {
    StringBuilder chain = new StringBuilder();
    for (Throwable t = thrown; t != null; t = t.getCause() == t ? null : t.getCause()) {
      if (t instanceof ClassNotFoundException && t.getMessage() != null) {
        return "the node failed with "
            + t.getMessage().replaceAll("\\s*\\(.*\\)", "")
            + "; its log says more";
      }
      chain.setLength(0);
      chain.append(t.getClass().getSimpleName());
      if (t.getMessage() != null) {
        chain.append(": ").append(t.getMessage().lines().findFirst().orElse(""));
      }
    }
    return "the node failed with " + chain;
  }

  private static List<String> sorted(List<String> names) {
    return names.stream().sorted().toList();
  }
}
