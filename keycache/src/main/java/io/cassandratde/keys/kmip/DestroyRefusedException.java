package io.cassandratde.keys.kmip;

/**
 * The key may still be in use by its state or its dates, so nothing was destroyed (docs/RULES.md
 * R25).
 */
public final class DestroyRefusedException extends AdministrationException {

  private static final long serialVersionUID = 1L;

  public DestroyRefusedException(String objection) {
    super(objection + "; nothing was destroyed; --force destroys all the same");
  }
}
