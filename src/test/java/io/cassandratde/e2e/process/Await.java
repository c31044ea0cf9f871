package io.cassandratde.e2e.process;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits for a condition in the outside world, which sends no signal, and fails loudly when it never
 * comes.
 */
public final class Await {

  /** Generous: two cores may be shared with a build. */
  public static final Duration PATIENCE = Duration.ofSeconds(90);

  private Await() {}

  public static void until(String what, Callable<Boolean> condition) {
    until(what, PATIENCE, condition);
  }

  /** An exception of the condition counts as "not yet" and is told when time is up. */
  public static void until(String what, Duration patience, Callable<Boolean> condition) {
    long deadline = System.nanoTime() + patience.toNanos();
    Throwable last = null;
    while (System.nanoTime() < deadline) {
      try {
        if (condition.call()) {
          return;
        }
        last = null;
      } catch (Exception | AssertionError e) {
        last = e;
      }
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
    throw new AssertionError("still waiting after " + patience + " for: " + what, last);
  }
}
