package io.cassandratde.keys.kmip;

/** The server said yes, but what it holds afterwards is not what was asked for. */
public final class NotVerifiedException extends AdministrationException {

  private static final long serialVersionUID = 1L;

  NotVerifiedException(String message) {
    super(message);
  }
}
