package io.cassandratde.sstable.cassandra.control;

/** What nodes share cannot be read or written now; says why, and what to do. */
final class ControlUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ControlUnavailableException(String message) {
    super(message);
  }

  ControlUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
