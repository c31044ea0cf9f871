package io.cassandratde.keys;

/**
 * The configuration does not allow this: fix the file, the table options or the stores they name.
 */
public final class KeyConfigException extends KeyException {

  private static final long serialVersionUID = 1L;

  public KeyConfigException(String message) {
    super(message);
  }

  public KeyConfigException(String message, Throwable flattened) {
    super(flatten(message, flattened));
  }

  @Override
  public KeyConfigException again() {
    return new KeyConfigException(String.valueOf(getMessage()));
  }
}
