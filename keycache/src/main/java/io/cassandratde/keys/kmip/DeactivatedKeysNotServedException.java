package io.cassandratde.keys.kmip;

/**
 * A throwaway key showed that a revoked key could no longer be read, so nothing was revoked
 * (docs/RULES.md R17).
 */
public final class DeactivatedKeysNotServedException extends AdministrationException {

  private static final long serialVersionUID = 1L;

  DeactivatedKeysNotServedException(String message) {
    super(message);
  }
}
