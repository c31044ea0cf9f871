package io.cassandratde.keys.rotation;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The next key is to be made.
 *
 * @param from when it begins
 * @param overdueSince when it should have begun; null: it is not overdue
 */
public record Due(Instant from, String reason, @Nullable Instant overdueSince) {}
