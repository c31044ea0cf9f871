package io.cassandratde.kmip.transport;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A point on a monotonic clock that a whole exchange must not pass, however slowly bytes arrive.
 */
public final class Deadline {
  private final long at;
  private final LongSupplier nanoTime;

  private Deadline(long at, LongSupplier nanoTime) {
    this.at = at;
    this.nanoTime = nanoTime;
  }

  public static Deadline after(Duration duration, LongSupplier nanoTime) {
    return new Deadline(nanoTime.getAsLong() + duration.toNanos(), nanoTime);
  }

  /** This one, or so much from now if that is earlier. */
  public Deadline orAfter(Duration duration) {
    Deadline other = after(duration, nanoTime);
    return other.at - at < 0 ? other : this;
  }

  public boolean hasPassed() {
    return remainingMillis() == 0;
  }

  /** Rounded up, so that it is 0 only when the deadline has passed. */
  public int remainingMillis() {
    long left = at - nanoTime.getAsLong();
    return left <= 0 ? 0 : (int) Math.min(Integer.MAX_VALUE, (left + 999_999) / 1_000_000);
  }
}
