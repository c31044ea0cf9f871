package io.cassandratde.kmip;

/** The server does not know the key, or destroyed it: restore it, or ask for another. */
public final class KmipNotFoundException extends KmipException {
  private static final long serialVersionUID = 1L;

  public KmipNotFoundException(String message) {
    super(message);
  }

  public KmipNotFoundException(String message, Throwable cause) {
    super(message, cause);
  }
}
