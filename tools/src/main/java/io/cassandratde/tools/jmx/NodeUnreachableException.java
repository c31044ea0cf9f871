package io.cassandratde.tools.jmx;

/** One node's JMX cannot be reached or does not let us in; the message is for the operator. */
public final class NodeUnreachableException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean accessDenied;

  NodeUnreachableException(String message, boolean accessDenied, Throwable cause) {
    super(message, cause);
    this.accessDenied = accessDenied;
  }

  public boolean accessDenied() {
    return accessDenied;
  }
}
