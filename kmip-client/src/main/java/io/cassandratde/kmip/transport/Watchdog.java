package io.cassandratde.kmip.transport;

import java.io.Closeable;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Closes sockets that pass their deadline. A socket's own time-out bounds one read of any size and
 * no write at all, so a peer that drips bytes, or reads none, would hold a thread for ever.
 */
final class Watchdog implements AutoCloseable {
  private final ScheduledThreadPoolExecutor timer;
  private final Set<Closeable> watched = ConcurrentHashMap.newKeySet();

  Watchdog(String group) {
    timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "kmip-watchdog-" + group);
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
  }

  /** Until the guard is closed, the socket lives no longer than the deadline. */
  Guard watch(Closeable socket, Deadline deadline) throws IOException {
    watched.add(socket);
    try {
      return new Guard(
          socket,
          timer.schedule(() -> giveUp(socket), deadline.remainingMillis(), TimeUnit.MILLISECONDS));
    } catch (RejectedExecutionException e) {
      watched.remove(socket);
      throw new IOException("this KMIP client is closed", e);
    }
  }

  private static void giveUp(Closeable socket) {
    try {
      socket.close();
    } catch (IOException ignored) {
      // It is being given up; its reader sees the end.
    }
  }

  /** Ends whatever is still going on: from here on nothing would. */
  @Override
  public void close() {
    timer.shutdownNow();
    watched.forEach(Watchdog::giveUp);
  }

  /** The watch over one exchange. */
  final class Guard implements AutoCloseable {
    private final Closeable socket;
    private final Future<?> task;

    private Guard(Closeable socket, Future<?> task) {
      this.socket = socket;
      this.task = task;
    }

    @Override
    public void close() {
      watched.remove(socket);
      task.cancel(false);
    }
  }
}
