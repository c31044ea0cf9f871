package io.cassandratde.keys.config;

import io.cassandratde.kmip.KmipSettings;
import java.time.Duration;

/**
 * One group of {@code kmip_hosts}.
 *
 * @param settings hosts, TLS, credential and limits, as the KMIP client wants them; it redacts its
 *     secrets itself
 * @param keyCache key_cache_millis
 */
public record KmipGroupConfig(String name, KmipSettings settings, Duration keyCache) {}
