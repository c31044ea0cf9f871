package io.cassandratde.kmip;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A result and where it came from.
 *
 * @param serverTime the response's Time Stamp in whole seconds; null if the server gave none
 */
public record Reply<R>(
    R result, KmipHost host, ProtocolVersion version, @Nullable Instant serverTime) {}
