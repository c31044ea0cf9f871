package io.cassandratde.keys.master;

/** A wrapped key was changed, or is another's: never an outage. */
public final class DamagedWrapException extends Exception {

  private static final long serialVersionUID = 1L;

  public DamagedWrapException(String message) {
    super(message);
  }
}
