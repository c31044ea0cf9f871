package io.cassandratde.keys.crypto;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import javax.crypto.KeyAgreement;

/**
 * X25519 (RFC 7748) over keys as they are written: 32 bytes, little-endian. Any 32 bytes are a
 * private key, which is why one can be derived from a passphrase; Java's curves of NIST give no
 * public key for a private one.
 */
public final class X25519 {

  /** Of a private key, a public key, and what two agree on. */
  public static final int BYTES = 32;

  private static final String ALGORITHM = "X25519";

  private X25519() {}

  /** The caller wipes it. */
  public static byte[] newPrivateKey(SecureRandom random) {
    byte[] key = new byte[BYTES];
    random.nextBytes(key);
    return key;
  }

  public static byte[] publicKey(byte[] privateKey) {
    byte[] base = new byte[BYTES];
    base[0] = 9;
    try {
      return agree(privateKey, base);
    } catch (InvalidKeyException e) {
      throw new IllegalStateException("no private key has order 8 with the base point", e);
    }
  }

  /**
   * What both sides have; the caller wipes it.
   *
   * @throws InvalidKeyException the public key is one of the few with which all agree on zero
   */
  public static byte[] agree(byte[] privateKey, byte[] publicKey) throws InvalidKeyException {
    if (privateKey.length != BYTES || publicKey.length != BYTES) {
      throw new InvalidKeyException("a key of X25519 has 32 bytes");
    }
    byte[] shared;
    try {
      KeyFactory keys = KeyFactory.getInstance(ALGORITHM);
      KeyAgreement agreement = KeyAgreement.getInstance(ALGORITHM);
      agreement.init(
          keys.generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, privateKey)));
      agreement.doPhase(
          keys.generatePublic(
              new XECPublicKeySpec(NamedParameterSpec.X25519, coordinate(publicKey))),
          true);
      shared = agreement.generateSecret();
    } catch (InvalidKeyException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java platform has no X25519: " + e, e);
    }
    int any = 0;
    for (byte each : shared) {
      any |= each;
    }
    if (any == 0) {
      throw new InvalidKeyException("a public key of small order");
    }
    return shared;
  }

  private static BigInteger coordinate(byte[] publicKey) {
    byte[] bigEndian = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      bigEndian[i] = publicKey[BYTES - 1 - i];
    }
    bigEndian[0] &= 0x7f;
    BigInteger u = new BigInteger(1, bigEndian);
    Arrays.fill(bigEndian, (byte) 0);
    return u;
  }
}
