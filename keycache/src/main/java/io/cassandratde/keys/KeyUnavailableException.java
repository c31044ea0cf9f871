package io.cassandratde.keys;

/** An outage: wait, and check the key server. Never corruption; the data is untouched. */
public final class KeyUnavailableException extends KeyException {

  private static final long serialVersionUID = 1L;

  public KeyUnavailableException(String message) {
    super(message);
  }

  public KeyUnavailableException(String message, Throwable flattened) {
    super(flatten(message, flattened));
  }

  @Override
  public KeyUnavailableException again() {
    return new KeyUnavailableException(String.valueOf(getMessage()));
  }
}
