package io.cassandratde.tools.export;

import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyUse;
import io.cassandratde.keys.crypto.X25519;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.jspecify.annotations.Nullable;

/**
 * What a passphrase opens: a private key of X25519, to whose public key nodes seal data keys, and a
 * key that authenticates the file of them. Both by HKDF from Argon2id of the passphrase. They are
 * in this process alone, until it is closed.
 */
public final class PassphraseKey implements AutoCloseable {

  /** By Argon2id as costly as this program's memory allows; guessing goes on for years. */
  public static final int LEAST_LENGTH = 16;

  private static final int MOST_LENGTH = 1024;

  /** RFC 9106, section 4: 64 MiB and 4 lanes, and more passes than its 3. */
  private static final int MEMORY_KIB = 65_536;

  private static final int PASSES = 8;
  private static final int LANES = 4;
  private static final int BYTES = 32;
  private static final Hkdf HKDF = new Hkdf();

  private final PassphraseHeader header;
  private final byte[] privateKey;
  private final byte[] macKey;

  private PassphraseKey(PassphraseHeader header, byte[] root, byte[] privateKey) {
    this.header = header;
    this.privateKey = privateKey;
    this.macKey = part(root, KeyUse.PASSPHRASE_MAC);
  }

  private static byte[] part(byte[] root, KeyUse use) {
    return HKDF.derive(root, new byte[0], use.info(new byte[0]), BYTES);
  }

  /**
   * Of a new file, with a salt of its own.
   *
   * @throws CommandFailure the passphrase is too short
   */
  public static PassphraseKey create(char[] passphrase) throws CommandFailure {
    require(passphrase);
    if (passphrase.length < LEAST_LENGTH) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "the passphrase is shorter than "
              + LEAST_LENGTH
              + " characters: whoever has the file can try passphrases for ever; take seven random"
              + " words, or 20 random characters");
    }
    byte[] salt = new byte[PassphraseHeader.SALT];
    new SecureRandom().nextBytes(salt);
    PassphraseHeader cost =
        new PassphraseHeader(salt, MEMORY_KIB, PASSES, LANES, new byte[X25519.BYTES]);
    byte[] root = root(cost, passphrase);
    try {
      byte[] privateKey = part(root, KeyUse.PASSPHRASE_KEY);
      return new PassphraseKey(
          new PassphraseHeader(salt, MEMORY_KIB, PASSES, LANES, X25519.publicKey(privateKey)),
          root,
          privateKey);
    } finally {
      Arrays.fill(root, (byte) 0);
    }
  }

  /** Of a file that there is; null: it is not its passphrase. */
  static @Nullable PassphraseKey open(PassphraseHeader header, char[] passphrase)
      throws CommandFailure {
    require(passphrase);
    byte[] root = root(header, passphrase);
    byte[] privateKey = part(root, KeyUse.PASSPHRASE_KEY);
    try {
      if (MessageDigest.isEqual(X25519.publicKey(privateKey), header.publicKey())) {
        return new PassphraseKey(header, root, privateKey);
      }
      Arrays.fill(privateKey, (byte) 0);
      return null;
    } finally {
      Arrays.fill(root, (byte) 0);
    }
  }

  /** Terminals of two machines may send other characters differently. */
  private static void require(char[] passphrase) throws CommandFailure {
    if (passphrase.length > MOST_LENGTH) {
      throw new CommandFailure(
          ExitCode.USAGE, "the passphrase is longer than " + MOST_LENGTH + " characters");
    }
    for (char each : passphrase) {
      if (each < ' ' || each > '~') {
        throw new CommandFailure(
            ExitCode.USAGE, "the passphrase has other characters than those of ASCII");
      }
    }
  }

  private static byte[] root(PassphraseHeader cost, char[] passphrase) {
    byte[] ascii = new byte[passphrase.length];
    for (int i = 0; i < ascii.length; i++) {
      ascii[i] = (byte) passphrase[i];
    }
    try {
      Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
      argon2.init(
          new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
              .withVersion(Argon2Parameters.ARGON2_VERSION_13)
              .withSalt(cost.salt())
              .withMemoryAsKB(cost.memoryKib())
              .withIterations(cost.passes())
              .withParallelism(cost.lanes())
              .build());
      byte[] root = new byte[BYTES];
      int unused = argon2.generateBytes(ascii, root);
      return root;
    } finally {
      Arrays.fill(ascii, (byte) 0);
    }
  }

  PassphraseHeader header() {
    return header;
  }

  /** What nodes are told. */
  public byte[] publicKey() {
    return header.publicKey();
  }

  /** Itself, which {@link #close} wipes, and no copy. */
  byte[] privateKey() {
    return privateKey;
  }

  byte[] mac(byte[] content) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(macKey, "HmacSHA256"));
      return mac.doFinal(content);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  @Override
  public void close() {
    Arrays.fill(privateKey, (byte) 0);
    Arrays.fill(macKey, (byte) 0);
  }
}
