package io.cassandratde.keys.kmip;

/**
 * A command on keys that was not carried out, or not proved to be. What the server itself refuses
 * is a KmipException.
 */
public abstract sealed class AdministrationException extends Exception
    permits ExpiryUnsupportedException,
        DeactivatedKeysNotServedException,
        DestroyRefusedException,
        KeyDestroyedException,
        NotVerifiedException {

  private static final long serialVersionUID = 1L;

  AdministrationException(String message) {
    super(message);
  }
}
