package io.cassandratde.keys;

/**
 * What is stored of a key was changed, or is another key's: put it right from a copy, and find out
 * who can write to where it is stored. Sealed data is untouched.
 */
public final class TamperedKeyException extends KeyException {

  private static final long serialVersionUID = 1L;

  public TamperedKeyException(String message) {
    super(message);
  }

  @Override
  public TamperedKeyException again() {
    return new TamperedKeyException(String.valueOf(getMessage()));
  }
}
