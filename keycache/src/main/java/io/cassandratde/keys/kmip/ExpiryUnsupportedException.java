package io.cassandratde.keys.kmip;

/**
 * This server keeps no Protect Stop Date, so a key cannot expire there; revoke is never done in its
 * place (docs/RULES.md R18).
 */
public final class ExpiryUnsupportedException extends AdministrationException {

  private static final long serialVersionUID = 1L;

  ExpiryUnsupportedException(String message) {
    super(message);
  }
}
