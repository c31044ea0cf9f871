package io.cassandratde.keys.pkcs11;

import io.cassandratde.keys.KeyReference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.Provider;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * A key as the token had it when it was found.
 *
 * <p>It is named by itself and not by its label, so that it may move from one label to another: its
 * id is what it makes of a fixed block. That block is neither the zero block, whose image is GCM's
 * hash key, nor one that GCM counts with, so the id gives nothing away.
 */
record TokenKey(SecretKey key, Provider provider, int bits, KeyReference reference) {

  private static final String LABEL = "cassandra-tde/1 token-key-id";
  private static final int TAG_BITS = 128;
  private static final Pattern KEPT = Pattern.compile("(?<!not )sensitive, unextractable");
  private static final Pattern LENGTH = Pattern.compile(" key, (\\d{1,4}) bits");

  static TokenKey of(SecretKey key, Provider provider, int groupTag)
      throws GeneralSecurityException {
    byte[] block =
        Arrays.copyOf(
            MessageDigest.getInstance("SHA-256").digest(LABEL.getBytes(StandardCharsets.US_ASCII)),
            16);
    ByteBuffer image = ByteBuffer.wrap(image(key, provider, block));
    String id = HexFormat.of().toHexDigits(image.getLong());
    return new TokenKey(key, provider, bits(key), new KeyReference(groupTag, id, image.getInt()));
  }

  private static byte[] image(SecretKey key, Provider provider, byte[] block)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding", provider);
    cipher.init(Cipher.ENCRYPT_MODE, key);
    byte[] room = new byte[2 * block.length]; // p11-kit's client has no room for nothing at the end
    if (cipher.doFinal(block, 0, block.length, room) != block.length) {
      throw new InvalidKeyException("the token does not encrypt one block to one");
    }
    return Arrays.copyOf(room, block.length);
  }

  /**
   * How long the key is. SunPKCS11 asks the token, and tells nobody but by its key's text, where
   * keys that were found in the token have bytes in place of bits.
   */
  private static int bits(SecretKey key) throws InvalidKeyException {
    Matcher said = LENGTH.matcher(key.toString());
    int length = said.find() ? Integer.parseInt(said.group(1)) : 0;
    return switch (length) {
      case 128, 192, 256 -> length;
      case 16, 24, 32 -> length * 8;
      default -> throw new InvalidKeyException("its length cannot be told from " + key);
    };
  }

  /**
   * Whether the token gives it to nobody, neither in clear nor wrapped. SunPKCS11 tells that by the
   * same text; one that does not say it counts as not kept. The bytes themselves are not asked for.
   */
  boolean neverLeaves() {
    return KEPT.matcher(key.toString()).find();
  }

  /** What AES makes of one block. */
  byte[] image(byte[] block) throws GeneralSecurityException {
    return image(key, provider, block);
  }

  byte[] seal(byte[] nonce, byte[] aad, byte[] plain) throws GeneralSecurityException {
    return cipher(Cipher.ENCRYPT_MODE, nonce, aad).doFinal(plain);
  }

  byte[] open(byte[] nonce, byte[] aad, byte[] sealed) throws GeneralSecurityException {
    return cipher(Cipher.DECRYPT_MODE, nonce, aad).doFinal(sealed);
  }

  private Cipher cipher(int mode, byte[] nonce, byte[] aad) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(aad);
    return cipher;
  }

  @Override
  public String toString() {
    return reference.toString();
  }
}
