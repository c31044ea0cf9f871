package io.cassandratde.keys.pkcs11;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.ProviderException;
import java.util.Arrays;
import java.util.Optional;

/** What a key has sealed that is nobody's, so that its token shows how it seals and opens. */
final class TokenCanary {

  private static final byte[] AAD = "cassandra-tde/1 canary".getBytes(StandardCharsets.US_ASCII);

  /** Zeroes, so that the ciphertext is the key stream. */
  private static final byte[] PLAIN = new byte[32];

  private static final int BLOCK = 16;
  private static final int TAG = 16;

  private final TokenKey key;
  private final byte[] nonce;
  private final byte[] sealed;

  /**
   * Seals one.
   *
   * @param nonce 12 random bytes
   */
  TokenCanary(TokenKey key, byte[] nonce) throws GeneralSecurityException {
    this.key = key;
    this.nonce = nonce.clone();
    this.sealed = key.seal(nonce, AAD, PLAIN);
  }

  private boolean opens() throws GeneralSecurityException {
    return Arrays.equals(key.open(nonce, AAD, sealed), PLAIN);
  }

  /**
   * What makes this other than AES-GCM by the caller's nonce and additional data with a tag of 16
   * bytes; empty: nothing does.
   *
   * @throws javax.crypto.AEADBadTagException the canary itself does not open, or the token fails:
   *     the JDK tells the same of both
   */
  Optional<String> flaw() throws GeneralSecurityException {
    if (sealed.length != PLAIN.length + TAG) {
      return Optional.of(
          "makes %d bytes of %d and a tag of %d".formatted(sealed.length, PLAIN.length, TAG));
    }
    byte[] counter = ByteBuffer.allocate(BLOCK).put(nonce).putInt(2).array();
    if (!Arrays.equals(key.image(counter), Arrays.copyOf(sealed, BLOCK))) {
      return Optional.of("does not seal by the nonce that it is given");
    }
    if (!refuses(AAD, changed(sealed))) {
      return Optional.of("opens what has another tag");
    }
    if (!refuses(changed(AAD), sealed)) {
      return Optional.of("does not authenticate additional data");
    }
    // Last, for a token that has failed meanwhile refuses everything.
    return opens() ? Optional.empty() : Optional.of("opens to something else than it sealed");
  }

  private boolean refuses(byte[] aad, byte[] other) {
    try {
      byte[] unused = key.open(nonce, aad, other);
      return false;
    } catch (GeneralSecurityException | ProviderException e) {
      return true;
    }
  }

  /** In its last bit: a tag that is compared in part is so from its beginning. */
  private static byte[] changed(byte[] bytes) {
    byte[] other = bytes.clone();
    other[other.length - 1] ^= 1;
    return other;
  }
}
