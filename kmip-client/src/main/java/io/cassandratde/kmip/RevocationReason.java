package io.cassandratde.kmip;

/**
 * Why a key is revoked (KMIP 1.4 section 3.31). The two compromise codes move it to Compromised,
 * the others to Deactivated.
 */
public enum RevocationReason implements WireCode {
  UNSPECIFIED(0x1),
  KEY_COMPROMISE(0x2),
  CA_COMPROMISE(0x3),
  AFFILIATION_CHANGED(0x4),
  SUPERSEDED(0x5),
  CESSATION_OF_OPERATION(0x6),
  PRIVILEGE_WITHDRAWN(0x7);

  private final int code;

  RevocationReason(int code) {
    this.code = code;
  }

  @Override
  public int code() {
    return code;
  }
}
