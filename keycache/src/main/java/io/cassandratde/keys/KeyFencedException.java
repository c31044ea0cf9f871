package io.cassandratde.keys;

/**
 * The key is fenced on this node: it is about to be destroyed, and nothing may begin to use it
 * (docs/RULES.md R25). Bring the data under another key, or end the fence.
 */
public final class KeyFencedException extends KeyException {

  private static final long serialVersionUID = 1L;

  public KeyFencedException(String message) {
    super(message);
  }

  @Override
  public KeyFencedException again() {
    return new KeyFencedException(String.valueOf(getMessage()));
  }
}
