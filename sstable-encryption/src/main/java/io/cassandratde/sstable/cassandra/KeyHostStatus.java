package io.cassandratde.sstable.cassandra;

import io.cassandratde.keys.KeyProvider.HostStatus;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One host of a KMIP group, as {@link KeysMXBean} shows it. */
public final class KeyHostStatus {

  private final HostStatus status;

  KeyHostStatus(HostStatus status) {
    this.status = status;
  }

  public String getGroup() {
    return status.group();
  }

  /** {@code name:port}. */
  public String getHost() {
    return status.host();
  }

  /** Since its last answer. */
  public int getFailuresInARow() {
    return status.failuresInARow();
  }

  /** Null after an answer. */
  public @Nullable String getLastError() {
    return status.lastError();
  }

  /** ISO 8601, UTC; null: none yet. A host behind the first is asked only when it must be. */
  public @Nullable String getLastAnswer() {
    Instant answered = status.lastAnswer();
    return answered == null ? null : answered.toString();
  }

  /** Of that answer, a connection included that had to be made; -1: none yet. */
  public double getLatencyMillis() {
    Duration latency = status.latency();
    return latency == null ? -1 : latency.toNanos() / 1e6;
  }
}
