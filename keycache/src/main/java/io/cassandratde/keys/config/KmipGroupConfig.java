package io.cassandratde.keys.config;

import io.cassandratde.kmip.KmipSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One group of {@code kmip_hosts}.
 *
 * @param settings hosts, TLS, credential and limits, as the KMIP client wants them; it redacts its
 *     secrets itself
 * @param keyCache key_cache_millis
 * @param admin the same servers under the identity of section {@code admin}; null: there is none
 */
public record KmipGroupConfig(
    String name, KmipSettings settings, Duration keyCache, @Nullable KmipSettings admin) {

  /** Keys are administered under the nodes' identity. */
  public KmipGroupConfig(String name, KmipSettings settings, Duration keyCache) {
    this(name, settings, keyCache, null);
  }

  /** Under which keys are expired, revoked and destroyed. */
  public KmipSettings administration() {
    return admin == null ? settings : admin;
  }
}
