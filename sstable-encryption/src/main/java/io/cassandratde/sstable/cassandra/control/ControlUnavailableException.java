package io.cassandratde.sstable.cassandra.control;

/** What nodes share cannot be read or written now; says why, and what to do. */
public final class ControlUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public ControlUnavailableException(String message) {
    super(message);
  }

  public ControlUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
