package io.cassandratde.keys.rotation;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When the keys for the same data are to be followed by new ones. The next one begins a period
 * after the one of before did, and not after somebody looked: nodes whose clocks differ come to the
 * same moment.
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

  /** Nodes look by timer, so a key may be that late and nothing is wrong; less in short periods. */
  private static final Duration GRACE = Duration.ofHours(1);

  /** More than clocks of nodes differ that somebody looks after. */
  private static final Duration SKEW = Duration.ofHours(1);

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

  /**
   * What time alone asks for.
   *
   * @param begun when the newest key did
   * @return null: nothing yet
   */
  public @Nullable Due due(Instant begun, Instant now) {
    Duration every = period;
    if (every == null) {
      return null;
    }
    Instant due = begun.plus(every);
    if (now.isBefore(due.minus(prepublish))) {
      return null;
    }
    String reason = "a period of " + every;
    if (now.isBefore(due)) {
      return new Due(due, reason, null);
    }
    // Periods that went by without a key are not made up for: one key, for the period of now.
    long missed = Duration.between(due, now).dividedBy(every);
    Duration grace = every.dividedBy(10).compareTo(GRACE) < 0 ? every.dividedBy(10) : GRACE;
    return new Due(
        due.plus(every.multipliedBy(missed)), reason, now.isAfter(due.plus(grace)) ? due : null);
  }

  /**
   * Whether a key begins later than any that was made in time: a clock is wrong, here or where it
   * was made, and it tells nothing about when the next one is due.
   */
  public boolean isAhead(Instant begins, Instant now) {
    return begins.isAfter(now.plus(prepublish).plus(SKEW));
  }

  /**
   * Which limit a key has reached.
   *
   * @return null: none
   */
  public @Nullable String limit(Sealed sealed) {
    if (sealed.bytes() >= maxBytes) {
      return "this node sealed %d bytes by the key of before".formatted(sealed.bytes());
    }
    if (sealed.chunks() >= maxChunks) {
      return "this node sealed %d chunks by the key of before".formatted(sealed.chunks());
    }
    return null;
  }
}
