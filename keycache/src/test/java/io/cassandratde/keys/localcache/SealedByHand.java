package io.cassandratde.keys.localcache;

import io.cassandratde.keys.Hkdf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Seals any header, the forbidden ones too, by the formula of docs/FORMAT-LOCAL-CACHE.md. */
final class SealedByHand {

  private static final byte[] LABEL =
      "cassandra-tde/1 local-cache".getBytes(StandardCharsets.US_ASCII);

  private SealedByHand() {}

  static byte[] seal(byte[] systemKey, byte[] header, byte[] content) {
    byte[] id = Arrays.copyOfRange(header, 10, 26);
    byte[] salt = Arrays.copyOfRange(header, 26, 42);
    byte[] info =
        ByteBuffer.allocate(4 + LABEL.length + id.length)
            .putShort((short) LABEL.length)
            .put(LABEL)
            .putShort((short) id.length)
            .put(id)
            .array();
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(new Hkdf().derive(systemKey, salt, info, 32), "AES"),
          new GCMParameterSpec(128, new byte[12]));
      cipher.updateAAD(header);
      byte[] sealed = cipher.doFinal(content);
      return ByteBuffer.allocate(header.length + sealed.length).put(header).put(sealed).array();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
