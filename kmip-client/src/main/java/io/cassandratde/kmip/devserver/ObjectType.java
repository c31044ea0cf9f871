package io.cassandratde.kmip.devserver;

import io.cassandratde.kmip.devserver.KmipFailure.Reason;

/** The types of managed objects (KMIP 1.4 specification, 9.1.3.2.12). */
enum ObjectType {
  CERTIFICATE(1, "Certificate"),
  SYMMETRIC_KEY(2, "SymmetricKey"),
  PUBLIC_KEY(3, "PublicKey"),
  PRIVATE_KEY(4, "PrivateKey"),
  SPLIT_KEY(5, "SplitKey"),
  TEMPLATE(6, "Template"),
  SECRET_DATA(7, "SecretData"),
  OPAQUE_OBJECT(8, "OpaqueObject"),
  PGP_KEY(9, "PGPKey");

  private final int code;
  private final String tag;

  ObjectType(int code, String tag) {
    this.code = code;
    this.tag = tag;
  }

  int code() {
    return code;
  }

  /** The tag of the structure that holds such an object. */
  String tag() {
    return tag;
  }

  static ObjectType of(int code) {
    for (ObjectType type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    throw new KmipFailure(Reason.INVALID_FIELD, "unknown object type " + code);
  }
}
