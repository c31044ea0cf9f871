package io.cassandratde.tools.jmx;

/**
 * One node's JMX cannot be reached or does not let us in; message and remedy are for the operator.
 */
public final class NodeUnreachableException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String remedy;
  private final boolean accessDenied;

  NodeUnreachableException(String message, String remedy, boolean accessDenied, Throwable cause) {
    super(message, cause);
    this.remedy = remedy;
    this.accessDenied = accessDenied;
  }

  /** What to do; apart from the message, since it is the same for many nodes. */
  public String remedy() {
    return remedy;
  }

  public boolean accessDenied() {
    return accessDenied;
  }
}
