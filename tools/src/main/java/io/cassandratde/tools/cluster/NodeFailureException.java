package io.cassandratde.tools.cluster;

/** A node did not answer, or refused what it was asked for; the message names the node and why. */
public final class NodeFailureException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean refused;

  NodeFailureException(String message, boolean refused, Throwable cause) {
    super(message, cause);
    this.refused = refused;
  }

  /** Whether the node answered, and said no; else nobody knows what it did. */
  public boolean refused() {
    return refused;
  }
}
