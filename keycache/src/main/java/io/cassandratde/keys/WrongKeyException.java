package io.cassandratde.keys;

/**
 * The server gave another key under this id: its check value differs (docs/RULES.md R2). Look for a
 * restored or different server.
 */
public final class WrongKeyException extends KeyException {

  private static final long serialVersionUID = 1L;

  public WrongKeyException(String message) {
    super(message);
  }

  public WrongKeyException(String message, Throwable flattened) {
    super(flatten(message, flattened));
  }

  @Override
  public WrongKeyException again() {
    return new WrongKeyException(String.valueOf(getMessage()));
  }
}
