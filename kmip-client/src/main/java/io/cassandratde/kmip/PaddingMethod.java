package io.cassandratde.kmip;

/** How data is filled up to whole blocks (KMIP 1.4 section 9.1.3.2.15): what this project uses. */
public enum PaddingMethod implements WireCode {
  NONE(0x1),
  PKCS5(0x3);

  private final int code;

  PaddingMethod(int code) {
    this.code = code;
  }

  @Override
  public int code() {
    return code;
  }
}
