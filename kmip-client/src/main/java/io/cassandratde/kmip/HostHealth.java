package io.cassandratde.kmip;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the client knows of one host.
 *
 * @param version the negotiated version, null before the first exchange
 * @param consecutiveFailures since the last answer
 * @param retryAfter until when the host is tried last only, null if it is healthy
 * @param lastError of the last failed attempt, null after an answer
 * @param latency of the last call that was answered, a connection included that it had to make
 */
public record HostHealth(
    KmipHost host,
    @Nullable ProtocolVersion version,
    int consecutiveFailures,
    @Nullable Instant retryAfter,
    @Nullable String lastError,
    @Nullable Instant lastSuccess,
    @Nullable Duration latency) {}
