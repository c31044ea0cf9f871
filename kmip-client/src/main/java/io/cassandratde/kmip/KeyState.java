package io.cassandratde.kmip;

/** The states of a managed object (KMIP 1.4 section 3.22, after NIST SP 800-57). */
public enum KeyState implements WireCode {
  PRE_ACTIVE(1, "Pre-Active"),
  ACTIVE(2, "Active"),
  DEACTIVATED(3, "Deactivated"),
  COMPROMISED(4, "Compromised"),
  DESTROYED(5, "Destroyed"),
  DESTROYED_COMPROMISED(6, "Destroyed Compromised");

  private final int code;
  private final String label;

  KeyState(int code, String label) {
    this.code = code;
    this.label = label;
  }

  @Override
  public int code() {
    return code;
  }

  /** As in the specification and in our messages. */
  public String label() {
    return label;
  }

  /** Whether data sealed under a key in this state may still be opened: docs/RULES.md R16. */
  public boolean canOpen() {
    return this != DESTROYED && this != DESTROYED_COMPROMISED;
  }
}
