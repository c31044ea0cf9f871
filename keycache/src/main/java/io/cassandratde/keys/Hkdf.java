package io.cassandratde.keys;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/** HKDF with HMAC-SHA-256 (RFC 5869) on a chosen JCE provider. Thread-safe. */
public final class Hkdf {

  static final int HASH_LENGTH = 32;
  private static final String ALGORITHM = "HmacSHA256";

  private final @Nullable Provider provider;

  /** With the platform's first provider of HmacSHA256. */
  public Hkdf() {
    this(null);
  }

  public Hkdf(@Nullable Provider provider) {
    this.provider = provider;
  }

  /** Extract, then expand. */
  public byte[] derive(byte[] inputKey, byte[] salt, byte[] info, int length) {
    byte[] pseudoRandomKey = extract(salt, inputKey);
    try {
      return expand(pseudoRandomKey, info, length);
    } finally {
      Arrays.fill(pseudoRandomKey, (byte) 0);
    }
  }

  /** RFC 5869 section 2.2; an absent salt is as many zeros as the hash is long. */
  public byte[] extract(byte[] salt, byte[] inputKey) {
    return mac(salt.length == 0 ? new byte[HASH_LENGTH] : salt).doFinal(inputKey);
  }

  /** RFC 5869 section 2.3. */
  public byte[] expand(byte[] pseudoRandomKey, byte[] info, int length) {
    if (length < 1 || length > 255 * HASH_LENGTH) {
      throw new IllegalArgumentException(
          "HKDF gives 1 to " + 255 * HASH_LENGTH + " bytes, not " + length);
    }
    Mac mac = mac(pseudoRandomKey);
    byte[] output = new byte[length];
    byte[] block = new byte[0];
    for (int done = 0, counter = 1; done < length; counter++) {
      mac.update(block);
      mac.update(info);
      mac.update((byte) counter);
      Arrays.fill(block, (byte) 0);
      block = mac.doFinal();
      int part = Math.min(block.length, length - done);
      System.arraycopy(block, 0, output, done, part);
      done += part;
    }
    Arrays.fill(block, (byte) 0);
    return output;
  }

  private Mac mac(byte[] key) {
    try {
      Mac mac =
          provider == null ? Mac.getInstance(ALGORITHM) : Mac.getInstance(ALGORITHM, provider);
      mac.init(new BorrowedKey(key));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          ALGORITHM
              + " does not work with "
              + (provider == null ? "any provider" : "provider " + provider.getName()),
          e);
    }
  }

  /**
   * SecretKeySpec would keep a copy that nobody can wipe; this one only lends the caller's array.
   */
  private static final class BorrowedKey implements SecretKey {
    private static final long serialVersionUID = 1L;
    private final transient byte[] bytes;

    BorrowedKey(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public String getAlgorithm() {
      return ALGORITHM;
    }

    @Override
    public String getFormat() {
      return "RAW";
    }

    @Override
    public byte[] getEncoded() {
      return bytes.clone();
    }
  }
}
