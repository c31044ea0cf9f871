package io.cassandratde.kmip;

/** The server understood and refused: what to do depends on {@link #reason()}. */
public final class KmipRefusedException extends KmipException {
  private static final long serialVersionUID = 1L;

  private final ResultReason reason;
  private final String serverMessage;
  private final boolean unsupported;

  public KmipRefusedException(
      String message, ResultReason reason, String serverMessage, boolean unsupported) {
    super(message);
    this.reason = reason;
    this.serverMessage = serverMessage;
    this.unsupported = unsupported;
  }

  public ResultReason reason() {
    return reason;
  }

  /** The Result Message, made printable; may be empty. */
  public String serverMessage() {
    return serverMessage;
  }

  /** Whether this server lacks the operation or attribute altogether. */
  public boolean unsupported() {
    return unsupported;
  }
}
