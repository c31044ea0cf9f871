package io.cassandratde.keys;

/** An outage: wait, and check the key server. Never corruption; the data is untouched. */
public final class KeyUnavailableException extends KeyException {

  private static final long serialVersionUID = 1L;

  private final boolean nobodyAsked;

  public KeyUnavailableException(String message) {
    this(message, false);
  }

  public KeyUnavailableException(String message, Throwable flattened) {
    this(flatten(message, flattened), false);
  }

  private KeyUnavailableException(String message, boolean nobodyAsked) {
    super(message);
    this.nobodyAsked = nobodyAsked;
  }

  /** No server that could know of the key let itself be asked: see {@link #nobodyAsked()}. */
  public static KeyUnavailableException nobodyAsked(String message) {
    return new KeyUnavailableException(message, true);
  }

  /**
   * Whether no host of the group could be asked at all. Only then may a copy that the node keeps
   * stand in: whatever a server says, a refusal too, goes before it (docs/RULES.md R21).
   */
  public boolean nobodyAsked() {
    return nobodyAsked;
  }

  @Override
  public KeyUnavailableException again() {
    return new KeyUnavailableException(String.valueOf(getMessage()), nobodyAsked);
  }
}
