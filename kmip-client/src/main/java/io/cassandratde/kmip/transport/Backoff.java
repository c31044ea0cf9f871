package io.cassandratde.kmip.transport;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * What recent attempts on one host taught. A host in back-off is not forgotten: it is tried after
 * the healthy ones, so that a group whose every host failed once still answers as soon as one can.
 */
final class Backoff {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final int MAX_DOUBLINGS = 6; // at most 64 s

  private final InstantSource clock;
  private int consecutiveFailures;
  private int doublings;
  private @Nullable Instant retryAfter;
  private @Nullable String lastError;
  private @Nullable Instant lastSuccess;
  private @Nullable Duration latency;

  Backoff(InstantSource clock) {
    this.clock = clock;
  }

  synchronized void failed(String reason) {
    consecutiveFailures++;
    lastError = reason;
    if (isBackingOff()) {
      return; // Many calls that met the same outage at once count as one.
    }
    retryAfter = clock.instant().plus(FIRST.multipliedBy(1L << doublings));
    doublings = Math.min(doublings + 1, MAX_DOUBLINGS);
  }

  /** After so long. */
  synchronized void answered(Duration after) {
    latency = after;
    consecutiveFailures = 0;
    doublings = 0;
    retryAfter = null;
    lastError = null;
    lastSuccess = clock.instant();
  }

  synchronized boolean isBackingOff() {
    return retryAfter != null && clock.instant().isBefore(retryAfter);
  }

  synchronized State state() {
    return new State(consecutiveFailures, retryAfter, lastError, lastSuccess, latency);
  }

  record State(
      int consecutiveFailures,
      @Nullable Instant retryAfter,
      @Nullable String lastError,
      @Nullable Instant lastSuccess,
      @Nullable Duration latency) {}
}
