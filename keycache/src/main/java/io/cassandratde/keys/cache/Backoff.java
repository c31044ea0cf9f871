package io.cassandratde.keys.cache;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses that double from min to max, less up to a quarter, so that nodes do not come back in step.
 */
record Backoff(Duration min, Duration max, RandomGenerator random) {

  private static final int DOUBLINGS = 20;

  Duration pause(int failuresInARow) {
    Duration doubled = min.multipliedBy(1L << Math.min(Math.max(failuresInARow - 1, 0), DOUBLINGS));
    return jittered(doubled.compareTo(max) > 0 ? max : doubled);
  }

  /** Between three quarters of {@code longest} and all of it. */
  Duration jittered(Duration longest) {
    long nanos = longest.toNanos();
    return Duration.ofNanos(nanos - (long) (random.nextDouble() * nanos / 4));
  }
}
