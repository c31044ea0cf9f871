package io.cassandratde.kmip.devserver;

/** The states of a managed object with their codes (KMIP 1.4 specification, 9.1.3.2.18). */
public enum ObjectState {
  PRE_ACTIVE(1),
  ACTIVE(2),
  DEACTIVATED(3),
  COMPROMISED(4),
  DESTROYED(5),
  DESTROYED_COMPROMISED(6);

  private final int code;

  ObjectState(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  boolean destroyed() {
    return this == DESTROYED || this == DESTROYED_COMPROMISED;
  }
}
