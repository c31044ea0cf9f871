package io.cassandratde.keys.kmip;

/** A change was asked for of a key that exists no longer; nothing has changed. */
public final class KeyDestroyedException extends AdministrationException {

  private static final long serialVersionUID = 1L;

  KeyDestroyedException(String message) {
    super(message);
  }
}
