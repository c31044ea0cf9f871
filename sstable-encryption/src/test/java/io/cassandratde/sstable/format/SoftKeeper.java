package io.cassandratde.sstable.format;

import io.cassandratde.keys.HeldKey;
import io.cassandratde.keys.KeyReference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** A token in memory, with one key. */
public final class SoftKeeper implements HeldKey.Keeper {

  private final byte[] material;
  private final Runnable use;

  /**
   * @param use runs before each use of the key, and may throw what a token that is away does
   */
  public SoftKeeper(byte[] material, Runnable use) {
    this.material = material.clone();
    this.use = use;
  }

  static HeldKey key(int groupTag, byte[] material) {
    return new SoftKeeper(material, () -> {}).key(groupTag);
  }

  /** As a token's key is named. */
  public HeldKey key(int groupTag) {
    try {
      byte[] label = "cassandra-tde/1 token-key-id".getBytes(StandardCharsets.US_ASCII);
      byte[] block = Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(label), 16);
      Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding");
      cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(material, "AES"));
      ByteBuffer image = ByteBuffer.wrap(cipher.doFinal(block));
      String id = HexFormat.of().toHexDigits(image.getLong());
      return key(new KeyReference(groupTag, id, image.getInt()));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  public HeldKey key(KeyReference reference) {
    return new HeldKey(reference, material.length * 8, this);
  }

  @Override
  public byte[] seal(KeyReference key, byte[] nonce, byte[] aad, byte[] plain) {
    try {
      return cipher(Cipher.ENCRYPT_MODE, nonce, aad).doFinal(plain);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public byte[] open(KeyReference key, byte[] nonce, byte[] aad, byte[] sealed)
      throws AEADBadTagException {
    try {
      return cipher(Cipher.DECRYPT_MODE, nonce, aad).doFinal(sealed);
    } catch (AEADBadTagException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private Cipher cipher(int mode, byte[] nonce, byte[] aad) throws GeneralSecurityException {
    use.run();
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", TestKeys.sunJce());
    cipher.init(mode, new SecretKeySpec(material, "AES"), new GCMParameterSpec(128, nonce));
    cipher.updateAAD(aad);
    return cipher;
  }
}
