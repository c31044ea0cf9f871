package io.cassandratde.sstable.cassandra.operations;

/** What an operation could not do, as {@link OperationStatus} shows it. */
public final class OperationFailure {

  private final String subject;
  private final String reason;

  OperationFailure(String subject, String reason) {
    this.subject = subject;
    this.reason = reason;
  }

  /** The Data.db of an SSTable, or a table. */
  public String getSubject() {
    return subject;
  }

  public String getReason() {
    return reason;
  }

  @Override
  public String toString() {
    return subject + ": " + reason;
  }
}
