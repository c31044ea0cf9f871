package io.cassandratde.keys;

/** The server knows the key and refuses it to us: fix permissions, identity or certificate. */
public final class KeyAccessDeniedException extends KeyException {

  private static final long serialVersionUID = 1L;

  public KeyAccessDeniedException(String message) {
    super(message);
  }

  public KeyAccessDeniedException(String message, Throwable flattened) {
    super(flatten(message, flattened));
  }

  @Override
  public KeyAccessDeniedException again() {
    return new KeyAccessDeniedException(String.valueOf(getMessage()));
  }
}
