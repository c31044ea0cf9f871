package io.cassandratde.kmip;

/** Algorithms of keys (KMIP 1.4 section 9.1.3.2.13). */
public enum CryptographicAlgorithm implements WireCode {
  DES(0x1),
  TRIPLE_DES(0x2),
  AES(0x3),
  RSA(0x4),
  DSA(0x5),
  ECDSA(0x6),
  HMAC_SHA1(0x7),
  HMAC_SHA224(0x8),
  HMAC_SHA256(0x9),
  HMAC_SHA384(0xA),
  HMAC_SHA512(0xB),
  HMAC_MD5(0xC),
  DH(0xD),
  ECDH(0xE),
  ECMQV(0xF),
  BLOWFISH(0x10),
  CAMELLIA(0x11),
  CAST5(0x12),
  IDEA(0x13),
  MARS(0x14),
  RC2(0x15),
  RC4(0x16),
  RC5(0x17),
  SKIPJACK(0x18),
  TWOFISH(0x19),
  EC(0x1A),
  ONE_TIME_PAD(0x1B),
  CHACHA20(0x1C),
  POLY1305(0x1D),
  CHACHA20_POLY1305(0x1E);

  private final int code;

  CryptographicAlgorithm(int code) {
    this.code = code;
  }

  @Override
  public int code() {
    return code;
  }
}
