package io.cassandratde.keys.cache;

import java.time.Duration;

/**
 * Limits of the cache.
 *
 * @param refresh key_cache_millis: longest time between two looks at the server
 * @param maxStale key_cache_max_stale: how old the last successful look may be before the alarm;
 *     concerns current keys only
 * @param refuseWhenStale {@code on_stale: refuse}
 * @param clientWait how long a {@link Patience#FAIL} caller waits for a key
 * @param backoffMin first pause after a failed fetch
 * @param backoffMax longest pause after failed fetches
 */
public record CacheSettings(
    Duration refresh,
    Duration maxStale,
    boolean refuseWhenStale,
    Duration clientWait,
    Duration backoffMin,
    Duration backoffMax) {

  public static final CacheSettings DEFAULTS =
      new CacheSettings(
          Duration.ofMinutes(5),
          Duration.ofHours(24),
          false,
          Duration.ofSeconds(10),
          Duration.ofMillis(500),
          Duration.ofSeconds(30));

  public CacheSettings withRefresh(Duration value) {
    return new CacheSettings(value, maxStale, refuseWhenStale, clientWait, backoffMin, backoffMax);
  }

  public CacheSettings withMaxStale(Duration value, boolean refuse) {
    return new CacheSettings(refresh, value, refuse, clientWait, backoffMin, backoffMax);
  }

  public CacheSettings withClientWait(Duration value) {
    return new CacheSettings(refresh, maxStale, refuseWhenStale, value, backoffMin, backoffMax);
  }
}
