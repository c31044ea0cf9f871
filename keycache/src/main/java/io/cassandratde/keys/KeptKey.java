package io.cassandratde.keys;

import java.time.Duration;
import java.time.Instant;

/**
 * The key that this node sealed with last, kept on its disk: what sealing goes on with when the
 * node starts in an outage, by the rules of a node that was up when the servers went away
 * (docs/RULES.md R20, R21).
 *
 * @param confirmed when a server last confirmed it, on this machine's clock
 */
public record KeptKey(KeyProvider.SealingKey sealing, Instant confirmed) {

  /**
   * Whether the end that the server had scheduled has not come. A clock that stands before the
   * confirmation was set back and proves nothing: then a key with an end stays closed.
   */
  public boolean maySeal(Instant now) {
    Instant end = sealing.sealUntil();
    return end == null || (now.isBefore(end) && !now.isBefore(confirmed));
  }

  /**
   * Since the confirmation; at least {@code stale} when the clock was set back since, or the time
   * is absurd.
   */
  public Duration age(Instant now, Duration stale) {
    if (now.isBefore(confirmed)) {
      return stale;
    }
    Duration age = Duration.between(confirmed, now);
    Duration most = Duration.ofDays(36_500);
    return age.compareTo(most) < 0 ? age : most;
  }

  @Override
  public String toString() {
    return "KeptKey[" + sealing.key().reference() + ", confirmed " + confirmed + "]";
  }
}
