package io.cassandratde.kmip;

/** The server knows us and says no: fix the permission, owner or credential. */
public final class KmipAccessDeniedException extends KmipException {
  private static final long serialVersionUID = 1L;

  public KmipAccessDeniedException(String message) {
    super(message);
  }

  public KmipAccessDeniedException(String message, Throwable cause) {
    super(message, cause);
  }
}
