package io.cassandratde.keys;

/**
 * Algorithm and strength of a data key: AES with 128, 192 or 256 bits, the only real ciphers of
 * this project.
 */
public record CipherSpec(String algorithm, int bits) {

  public static final CipherSpec AES_128 = new CipherSpec("AES", 128);
  public static final CipherSpec AES_192 = new CipherSpec("AES", 192);
  public static final CipherSpec AES_256 = new CipherSpec("AES", 256);

  public CipherSpec {
    if (!algorithm.equals("AES") || (bits != 128 && bits != 192 && bits != 256)) {
      throw new IllegalArgumentException(
          "not a data key cipher: "
              + algorithm
              + " with "
              + bits
              + " bits (AES with 128, 192 or 256 is)");
    }
  }

  public static CipherSpec aes(int bits) {
    return new CipherSpec("AES", bits);
  }

  public int bytes() {
    return bits / 8;
  }

  @Override
  public String toString() {
    return algorithm + ":" + bits;
  }
}
