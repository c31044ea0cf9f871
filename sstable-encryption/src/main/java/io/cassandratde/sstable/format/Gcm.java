package io.cassandratde.sstable.format;

import java.security.GeneralSecurityException;
import java.security.Provider;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * One thread's AES-GCM with 128-bit tags. The nonce is 8 zero bytes and a 4-byte counter: the
 * deterministic construction of NIST SP 800-38D 8.2.1, under keys that are derived per file or
 * session.
 */
public final class Gcm {

  private final Cipher cipher;
  private final byte[] nonce = new byte[ChunkFormat.NONCE_BYTES];

  public Gcm(Provider provider) {
    this.cipher = ChunkOpener.newCipher(provider);
  }

  /**
   * Seals {@code in[inAt..inAt+length)} to {@code out[outAt..)}: ciphertext and tag.
   *
   * @param counter not used before under this key
   * @return the bytes put out, {@code length + 16}
   */
  public int seal(
      SecretKey key,
      int counter,
      byte[] aad,
      byte[] in,
      int inAt,
      int length,
      byte[] out,
      int outAt) {
    ChunkFormat.putInt(nonce, ChunkFormat.NONCE_COUNTER_AT, counter);
    try {
      cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(ChunkFormat.TAG_BITS, nonce));
      cipher.updateAAD(aad);
      int put = cipher.doFinal(in, inAt, length, out, outAt);
      SealCounts.countSealed();
      return put;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "AES-GCM of provider " + cipher.getProvider().getName() + " failed to seal", e);
    }
  }

  /**
   * Opens {@code in[inAt..inAt+length)}, ciphertext and tag, to {@code out[outAt..)}. Until it
   * returned normally, what stands there is not authentic.
   *
   * @return the bytes put out, {@code length - 16}
   * @throws AEADBadTagException the bytes are not what was sealed
   */
  public int open(
      SecretKey key,
      int counter,
      byte[] aad,
      byte[] in,
      int inAt,
      int length,
      byte[] out,
      int outAt)
      throws AEADBadTagException {
    ChunkFormat.putInt(nonce, ChunkFormat.NONCE_COUNTER_AT, counter);
    try {
      cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(ChunkFormat.TAG_BITS, nonce));
      cipher.updateAAD(aad);
      int put = cipher.doFinal(in, inAt, length, out, outAt);
      SealCounts.countOpened();
      return put;
    } catch (AEADBadTagException e) {
      SealCounts.countNotAuthentic();
      throw e;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "AES-GCM of provider " + cipher.getProvider().getName() + " failed to open", e);
    }
  }
}
