package io.cassandratde.sstable.cassandra.operations;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an operation stands, as {@link KeyOperationsMXBean} shows it. A class with getters, because
 * MXBeans of Java 17 take no records.
 */
public final class OperationStatus {

  private final Operation of;
  private final Progress.Standing standing;

  OperationStatus(Operation of) {
    this.of = of;
    this.standing = of.standing();
  }

  /** Unique among all nodes. */
  public String getId() {
    return of.id();
  }

  /** {@code rewrap}, {@code rewrite} or {@code release}. */
  public String getKind() {
    return of.kind();
  }

  public String getGroup() {
    return of.key().group();
  }

  public String getKeyId() {
    return of.key().keyId();
  }

  /** As it was asked for; empty: all. */
  public List<String> getTables() {
    return of.tables();
  }

  /**
   * {@code WAITING}, {@code RUNNING}, {@code DONE} (none of the files it is for needs the key),
   * {@code FAILED} (see the failures) or {@code CANCELLED}.
   */
  public String getState() {
    return standing.state().name();
  }

  /** ISO 8601; null: it waits yet. */
  public @Nullable String getStarted() {
    return text(standing.started());
  }

  /** ISO 8601; null: it has not ended. */
  public @Nullable String getEnded() {
    return text(standing.ended());
  }

  private static @Nullable String text(@Nullable Instant moment) {
    return moment == null ? null : moment.toString();
  }

  /** That needed the key, as far as they have been found; of a release: other files. */
  public long getSSTables() {
    return standing.sstables();
  }

  /** Of those, how many have been dealt with, or were gone. */
  public long getSSTablesDone() {
    return standing.sstablesDone();
  }

  /** Of their Data.db, or of the other files (the carrier's, of saved caches and Paxos state). */
  public long getBytes() {
    return standing.bytes();
  }

  public long getBytesDone() {
    return standing.bytesDone();
  }

  /** All of them; the first 100 stand in {@link #getFailures}. */
  public long getFailureCount() {
    return standing.failureCount();
  }

  public List<OperationFailure> getFailures() {
    return standing.failures();
  }
}
