package io.cassandratde.kmip;

/** Modes of block ciphers (KMIP 1.4 section 9.1.3.2.14): those this project uses. */
public enum BlockCipherMode implements WireCode {
  CBC(0x1),
  ECB(0x2),
  GCM(0x9);

  private final int code;

  BlockCipherMode(int code) {
    this.code = code;
  }

  @Override
  public int code() {
    return code;
  }
}
