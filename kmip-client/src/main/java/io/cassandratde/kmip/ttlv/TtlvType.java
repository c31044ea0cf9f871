package io.cassandratde.kmip.ttlv;

import org.jspecify.annotations.Nullable;

/** The item types and their codes on the wire (KMIP 1.4 section 9.1.1.2, KMIP 2.1 section 10.2). */
public enum TtlvType {
  STRUCTURE(1, "Structure"),
  INTEGER(2, "Integer"),
  LONG_INTEGER(3, "LongInteger"),
  BIG_INTEGER(4, "BigInteger"),
  ENUMERATION(5, "Enumeration"),
  BOOLEAN(6, "Boolean"),
  TEXT_STRING(7, "TextString"),
  BYTE_STRING(8, "ByteString"),
  DATE_TIME(9, "DateTime"),
  INTERVAL(10, "Interval"),
  DATE_TIME_EXTENDED(11, "DateTimeExtended");

  private static final TtlvType[] BY_CODE = new TtlvType[12];

  static {
    for (TtlvType type : values()) {
      BY_CODE[type.code] = type;
    }
  }

  private final int code;
  private final String label;

  TtlvType(int code, String label) {
    this.code = code;
    this.label = label;
  }

  public int code() {
    return code;
  }

  /** The name used by the XML encoding. */
  public String label() {
    return label;
  }

  public static @Nullable TtlvType ofCode(int code) {
    return code > 0 && code < BY_CODE.length ? BY_CODE[code] : null;
  }

  /** The only length a fixed-size item may announce, or -1 where the length is free. */
  int fixedLength() {
    return switch (this) {
      case INTEGER, ENUMERATION, INTERVAL -> 4;
      case LONG_INTEGER, BOOLEAN, DATE_TIME, DATE_TIME_EXTENDED -> 8;
      case STRUCTURE, BIG_INTEGER, TEXT_STRING, BYTE_STRING -> -1;
    };
  }
}
