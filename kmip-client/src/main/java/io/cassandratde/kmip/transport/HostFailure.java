package io.cassandratde.kmip.transport;

/**
 * One attempt on one host that brought no answer. The group may have other hosts, so this is not
 * yet a failed call.
 */
public final class HostFailure extends Exception {
  private static final long serialVersionUID = 1L;

  /** What an operator would look at. */
  public enum Kind {
    /** Nobody listens there, or the network is away. */
    UNREACHABLE,
    /** Certificates, host name, protocol or suites. */
    TLS,
    /** Silence, or bytes that arrive too slowly. */
    TIMED_OUT,
    /** The connection ended in the middle. */
    BROKEN,
    /** The answer is not KMIP. */
    MALFORMED,
    /** No connection was free here: nothing is known against the host. */
    BUSY
  }

  private final Kind kind;
  private final boolean requestSent;

  HostFailure(Kind kind, boolean requestSent, String reason) {
    super(reason);
    this.kind = kind;
    this.requestSent = requestSent;
  }

  /** An answer arrived, and cannot be understood. */
  public static HostFailure malformed(String reason) {
    return new HostFailure(Kind.MALFORMED, true, reason);
  }

  /** The same, where what was sent was only a question that changes nothing. */
  public HostFailure beforeRequest() {
    return new HostFailure(kind, false, reason());
  }

  public Kind kind() {
    return kind;
  }

  /** Whether the server may have acted on the request: then a Create must not be repeated. */
  public boolean requestSent() {
    return requestSent;
  }

  /** For lists of hosts and reasons; this exception has no cause of its own. */
  public String reason() {
    String message = getMessage();
    return message == null ? kind.toString() : message;
  }
}
