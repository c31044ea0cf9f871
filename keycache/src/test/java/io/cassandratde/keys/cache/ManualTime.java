package io.cassandratde.keys.cache;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A clock and timer that move only when told to. */
final class ManualTime implements InstantSource, Timer {

  private record Task(Instant due, long order, Runnable action) {}

  private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");

  private final List<Task> tasks = new ArrayList<>();
  private Instant now = START;
  private Duration wallShift = Duration.ZERO;
  private long order;

  @Override
  public synchronized Instant instant() {
    return now.plus(wallShift);
  }

  synchronized long nanos() {
    return Duration.between(START, now).toNanos();
  }

  /** Somebody sets the wall clock. */
  synchronized void shiftWallClock(Duration by) {
    wallShift = wallShift.plus(by);
  }

  @Override
  public synchronized Scheduled schedule(Duration delay, Runnable action) {
    Task task = new Task(now.plus(delay), order++, action);
    tasks.add(task);
    return () -> remove(task);
  }

  private synchronized void remove(Task task) {
    tasks.remove(task);
  }

  /** Runs what falls due on the way, each task at its own moment. */
  void advance(Duration by) {
    Instant end = due(by);
    for (Optional<Task> next = next(end); next.isPresent(); next = next(end)) {
      next.get().action().run();
    }
    synchronized (this) {
      now = end;
    }
  }

  private synchronized Instant due(Duration delay) {
    return now.plus(delay);
  }

  private synchronized Optional<Task> next(Instant end) {
    Optional<Task> first =
        tasks.stream()
            .filter(t -> !t.due().isAfter(end))
            .min(Comparator.comparing(Task::due).thenComparing(Task::order));
    first.ifPresent(
        t -> {
          tasks.remove(t);
          now = t.due().isAfter(now) ? t.due() : now;
        });
    return first;
  }

  synchronized int pending() {
    return tasks.size();
  }

  @Override
  public void close() {}
}
