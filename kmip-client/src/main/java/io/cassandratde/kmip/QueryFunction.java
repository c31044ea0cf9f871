package io.cassandratde.kmip;

/** What Query may ask for (KMIP 1.4 section 9.1.3.2.24). */
public enum QueryFunction implements WireCode {
  OPERATIONS(0x1),
  OBJECTS(0x2),
  SERVER_INFORMATION(0x3),
  APPLICATION_NAMESPACES(0x4),
  EXTENSION_LIST(0x5),
  EXTENSION_MAP(0x6),
  ATTESTATION_TYPES(0x7),
  RNGS(0x8),
  VALIDATIONS(0x9),
  PROFILES(0xA),
  CAPABILITIES(0xB),
  CLIENT_REGISTRATION_METHODS(0xC),
  DEFAULTS_INFORMATION(0xD),
  STORAGE_PROTECTION_MASKS(0xE);

  private final int code;

  QueryFunction(int code) {
    this.code = code;
  }

  @Override
  public int code() {
    return code;
  }
}
