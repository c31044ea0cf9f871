package io.cassandratde.tools.rekey;

/** A node could not be asked, or refused; the message names the node and why. */
final class NodeTroubleException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean refused;

  NodeTroubleException(String message, boolean refused, Throwable cause) {
    super(message, cause);
    this.refused = refused;
  }

  /** Whether it answered, and said no. */
  boolean refused() {
    return refused;
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
