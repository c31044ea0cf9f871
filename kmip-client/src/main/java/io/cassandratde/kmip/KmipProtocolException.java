package io.cassandratde.kmip;

/** An answer that is not KMIP, or not an answer to what was asked: check what listens there. */
public final class KmipProtocolException extends KmipException {
  private static final long serialVersionUID = 1L;

  public KmipProtocolException(String message) {
    super(message);
  }

  public KmipProtocolException(String message, Throwable cause) {
    super(message, cause);
  }
}
