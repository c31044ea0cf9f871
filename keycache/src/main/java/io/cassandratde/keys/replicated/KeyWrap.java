package io.cassandratde.keys.replicated;

import io.cassandratde.keys.master.WrappedKey;
import java.time.Instant;

/** A data key under one master key. */
public record KeyWrap(Instant wrappedAt, WrappedKey wrapped) {}
