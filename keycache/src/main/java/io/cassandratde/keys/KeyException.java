package io.cassandratde.keys;

/**
 * A key cannot be had. Subclasses are sorted by what the operator does about it.
 *
 * <p>Unchecked, and never with a cause: Cassandra takes any IOException it finds for corruption of
 * the file it is reading, and some callers unwrap causes to look for one (docs/RULES.md R23). So
 * causes are flattened into the text.
 */
public abstract sealed class KeyException extends RuntimeException
    permits KeyUnavailableException,
        KeyNotFoundException,
        KeyAccessDeniedException,
        WrongKeyException,
        TamperedKeyException,
        KeyFencedException,
        KeyConfigException {

  private static final long serialVersionUID = 1L;
  private static final int DEPTH = 8;

  KeyException(String message) {
    super(message);
  }

  /** The same failure for another waiter: a fresh stack trace, the same class and text. */
  public abstract KeyException again();

  /** "message: cause: its cause", without repeating what a message already holds. */
  public static String flatten(String message, Throwable cause) {
    StringBuilder text = new StringBuilder(message);
    Throwable next = cause;
    for (int depth = 0; next != null && depth < DEPTH; depth++, next = next.getCause()) {
      String part = next.getMessage();
      if (part == null || part.isBlank()) {
        part = next.getClass().getSimpleName();
      }
      if (text.indexOf(part) < 0) {
        text.append(": ").append(part);
      }
    }
    return text.toString();
  }
}
