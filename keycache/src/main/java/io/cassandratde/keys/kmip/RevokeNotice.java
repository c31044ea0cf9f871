package io.cassandratde.keys.kmip;

import io.cassandratde.keys.config.KmipGroupConfig;
import io.cassandratde.kmip.KeyState;
import io.cassandratde.kmip.attribute.Attributes;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How long after a revoke a node may still seal under the key, key servers being reachable
 * (docs/RULES.md R19): one answer for the command that revokes and for the one that destroys.
 */
record RevokeNotice(Duration length) {

  /** What the time is made of. */
  private static final String OPTIONS = " (key_cache_millis and timeout)";

  static RevokeNotice of(KmipGroupConfig config) {
    return new RevokeNotice(config.keyCache().plus(config.settings().readTimeout()));
  }

  /** When the key was revoked; null where the server keeps no such date. */
  static @Nullable Instant revoked(Attributes key) {
    return key.state() == KeyState.COMPROMISED ? key.compromiseDate() : key.deactivationDate();
  }

  /** What nodes may do with a revoked key from now on; null: nothing, the time is over. */
  @Nullable String warning(Attributes key, ServerTime now) {
    Instant revoked = revoked(key);
    if (revoked == null) {
      return "this server keeps no date of the revoke: nodes may seal with the key for "
          + length.toSeconds()
          + " s"
          + OPTIONS
          + " after it";
    }
    Instant end = revoked.plus(length);
    return now.earliest().isBefore(end) ? "nodes may seal with it until " + end + OPTIONS : null;
  }
}
