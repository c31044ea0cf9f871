package io.cassandratde.keys.replicated;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When the data keys of a line are to be followed by new ones.
 *
 * @param period from one key's beginning to the next one's; null: time alone replaces none
 * @param prepublish how long before that the next key is made, so that all nodes have it
 * @param maxBytes of live data of one node under a key before it is replaced at once
 * @param maxChunks the same in chunks
 */
public record RotationPolicy(
    @Nullable Duration period, Duration prepublish, long maxBytes, long maxChunks) {

  /** Of {@code maxBytes} and {@code maxChunks}. */
  public static final long NO_LIMIT = Long.MAX_VALUE;

  public RotationPolicy {
    if (period != null && (period.isNegative() || period.isZero())) {
      throw new IllegalArgumentException("the period of a rotation is longer than nothing");
    }
    if (prepublish.isNegative() || (period != null && prepublish.compareTo(period) >= 0)) {
      throw new IllegalArgumentException(
          "a key is made in advance by less than the period, and by no negative time");
    }
    if (maxBytes < 1 || maxChunks < 1) {
      throw new IllegalArgumentException("a key seals at least one chunk of one byte");
    }
  }
}
