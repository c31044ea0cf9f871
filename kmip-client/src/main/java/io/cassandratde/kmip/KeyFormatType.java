package io.cassandratde.kmip;

/**
 * How key material is laid out (KMIP 1.4 section 9.1.3.2.3); the asymmetric transparent forms are
 * left to the raw tree.
 */
public enum KeyFormatType implements WireCode {
  RAW(0x1),
  OPAQUE(0x2),
  PKCS_1(0x3),
  PKCS_8(0x4),
  X_509(0x5),
  EC_PRIVATE_KEY(0x6),
  TRANSPARENT_SYMMETRIC_KEY(0x7),
  PKCS_12(0x16);

  private final int code;

  KeyFormatType(int code) {
    this.code = code;
  }

  @Override
  public int code() {
    return code;
  }
}
