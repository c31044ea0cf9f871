package io.cassandratde.kmip.transport;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Closes sockets that pass their deadline. A socket's own time-out bounds one read of any size and
 * no write at all, so a peer that drips bytes, or reads none, would hold a thread for ever.
 */
final class Watchdog implements AutoCloseable {
  private final ScheduledThreadPoolExecutor timer;

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
  Guard watch(Closeable socket, Deadline deadline) {
    return new Guard(
        timer.schedule(
            () -> {
              try {
                socket.close();
              } catch (IOException ignored) {
                // It is being given up; its reader sees the end.
              }
            },
            deadline.remainingMillis(),
            TimeUnit.MILLISECONDS));
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  record Guard(Future<?> task) implements AutoCloseable {
    @Override
    public void close() {
      task.cancel(false);
    }
  }
}
