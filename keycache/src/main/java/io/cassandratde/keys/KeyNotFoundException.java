package io.cassandratde.keys;

/**
 * The server answers, but does not have this key (any more): restore the key, or the data needs a
 * backup.
 */
public final class KeyNotFoundException extends KeyException {

  private static final long serialVersionUID = 1L;

  public KeyNotFoundException(String message) {
    super(message);
  }

  public KeyNotFoundException(String message, Throwable flattened) {
    super(flatten(message, flattened));
  }

  @Override
  public KeyNotFoundException again() {
    return new KeyNotFoundException(String.valueOf(getMessage()));
  }
}
