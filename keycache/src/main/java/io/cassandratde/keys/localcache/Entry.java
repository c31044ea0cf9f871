package io.cassandratde.keys.localcache;

import io.cassandratde.kmip.KeyState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a file of the cache says of its key, in clear and authenticated. No key material.
 *
 * @param group of kmip_hosts, by its name now
 * @param state as a server said last; null: not asked yet, or it keeps none
 * @param written when a server last gave the key, or told its state; of a {@link Sealing}, when it
 *     confirmed that the key seals
 * @param sealing null: the file holds the key itself
 */
record Entry(
    String cluster,
    String group,
    String keyId,
    int checkValue,
    int bits,
    @Nullable KeyState state,
    Instant written,
    @Nullable Sealing sealing) {

  /**
   * For which spec of the group the key seals.
   *
   * @param until as scheduled on the server, by this machine's clock; null: open end
   */
  record Sealing(@Nullable String namespace, @Nullable String template, @Nullable Instant until) {}

  Entry withState(@Nullable KeyState now, Instant at) {
    return new Entry(cluster, group, keyId, checkValue, bits, now, at, sealing);
  }

  boolean isSameKey(Entry other) {
    return group.equals(other.group)
        && keyId.equals(other.keyId)
        && checkValue == other.checkValue
        && bits == other.bits;
  }
}
