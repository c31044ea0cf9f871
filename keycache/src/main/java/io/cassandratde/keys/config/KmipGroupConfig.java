package io.cassandratde.keys.config;

import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.rotation.RotationPolicy;
import io.cassandratde.kmip.KmipSettings;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One group of {@code kmip_hosts}.
 *
 * @param settings hosts, TLS, credential and limits, as the KMIP client wants them; it redacts its
 *     secrets itself
 * @param keyCache key_cache_millis
 * @param admin the same servers under the identity of section {@code admin}; null: there is none
 * @param rotation in the file's order
 */
public record KmipGroupConfig(
    String name,
    KmipSettings settings,
    Duration keyCache,
    @Nullable KmipSettings admin,
    List<KmipRotationRule> rotation) {

  public KmipGroupConfig {
    rotation = List.copyOf(rotation);
  }

  /** Whose keys nothing replaces but their own ends. */
  public KmipGroupConfig(
      String name, KmipSettings settings, Duration keyCache, @Nullable KmipSettings admin) {
    this(name, settings, keyCache, admin, List.of());
  }

  /** Keys are administered under the nodes' identity. */
  public KmipGroupConfig(String name, KmipSettings settings, Duration keyCache) {
    this(name, settings, keyCache, null);
  }

  /** When the keys of a spec are replaced; null: never by themselves. */
  public @Nullable RotationPolicy rotationOf(KeySpec spec) {
    return KmipRotationRule.of(rotation, spec);
  }

  /** Under which keys are expired, revoked and destroyed. */
  public KmipSettings administration() {
    return admin == null ? settings : admin;
  }
}
