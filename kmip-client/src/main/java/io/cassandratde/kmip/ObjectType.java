package io.cassandratde.kmip;

/** What kind of object a server holds (KMIP 1.4 section 9.1.3.2.12). */
public enum ObjectType implements WireCode {
  CERTIFICATE(0x1),
  SYMMETRIC_KEY(0x2),
  PUBLIC_KEY(0x3),
  PRIVATE_KEY(0x4),
  SPLIT_KEY(0x5),
  TEMPLATE(0x6),
  SECRET_DATA(0x7),
  OPAQUE_OBJECT(0x8),
  PGP_KEY(0x9),
  CERTIFICATE_REQUEST(0xA);

  private final int code;

  ObjectType(int code) {
    this.code = code;
  }

  @Override
  public int code() {
    return code;
  }
}
