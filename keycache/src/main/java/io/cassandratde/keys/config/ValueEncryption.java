package io.cassandratde.keys.config;

import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyUse;
import io.cassandratde.keys.local.SystemKeyFile;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Passwords sealed under a system key file: {@code ENC(v1:<base64 of salt 16, ciphertext, tag
 * 16>)}.
 *
 * <p>The key is HKDF(system key, salt, config-value); a salt is drawn per value, so a nonce of
 * zeros is used once per key. What makes a value is the file's last key; any key in the file opens
 * it, so the system key can be replaced by a new line.
 */
public final class ValueEncryption {

  private static final Pattern FORM = Pattern.compile("ENC\\(v1:([A-Za-z0-9+/=]+)\\)");
  private static final byte[] AAD = "cassandra-tde/1 ENC v1".getBytes(StandardCharsets.US_ASCII);
  private static final int SALT = 16;
  private static final int TAG_BITS = 128;
  private static final int MAX_SECRET = 4096;
  private static final SecureRandom random = new SecureRandom();

  private final Path keyFile;
  private final Hkdf hkdf;
  private final @Nullable Provider provider;

  public ValueEncryption(Path keyFile) {
    this(keyFile, null);
  }

  public ValueEncryption(Path keyFile, @Nullable Provider provider) {
    this.keyFile = keyFile;
    this.hkdf = new Hkdf(provider);
    this.provider = provider;
  }

  public static boolean isEncrypted(String value) {
    return value.strip().startsWith("ENC(");
  }

  /** The text to put in the configuration file. The caller wipes the secret. */
  public String encrypt(char[] secret) {
    if (secret.length == 0 || secret.length > MAX_SECRET) {
      throw new IllegalArgumentException(
          "a value of " + secret.length + " characters; 1 to " + MAX_SECRET + " can be encrypted");
    }
    ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(secret));
    byte[] salt = new byte[SALT];
    random.nextBytes(salt);
    try {
      return SystemKeyFile.withLast(
          keyFile,
          hkdf,
          entry -> {
            byte[] sealed;
            try {
              sealed =
                  cipher(Cipher.ENCRYPT_MODE, entry, salt)
                      .doFinal(encoded.array(), encoded.arrayOffset(), encoded.limit());
            } catch (GeneralSecurityException e) {
              throw new KeyConfigException("AES/GCM/NoPadding does not work in this Java", e);
            }
            byte[] whole = ByteBuffer.allocate(SALT + sealed.length).put(salt).put(sealed).array();
            return "ENC(v1:" + Base64.getEncoder().encodeToString(whole) + ")";
          });
    } finally {
      Arrays.fill(encoded.array(), (byte) 0);
    }
  }

  /**
   * The secret behind an ENC(...) value. The caller wipes it.
   *
   * @throws IllegalArgumentException with the problem, when the form is wrong or no key of the file
   *     opens it
   */
  public char[] decrypt(String value) {
    Matcher matcher = FORM.matcher(value.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "is no ENC(v1:...) value as `encryptconfigvalue` prints it");
    }
    byte[] whole = Base64.getDecoder().decode(matcher.group(1));
    if (whole.length <= SALT + TAG_BITS / 8) {
      throw new IllegalArgumentException("is an ENC(v1:...) value that was cut short");
    }
    byte[] salt = Arrays.copyOf(whole, SALT);
    List<SystemKeyFile.Entry> entries = SystemKeyFile.read(keyFile, hkdf);
    try {
      for (int i = entries.size() - 1; i >= 0; i--) {
        byte[] opened = open(entries.get(i), salt, whole);
        if (opened != null) {
          return chars(opened);
        }
      }
    } finally {
      entries.forEach(SystemKeyFile.Entry::close);
    }
    throw new IllegalArgumentException(
        "was not encrypted under a key of " + keyFile + ", or was changed since");
  }

  private byte @Nullable [] open(SystemKeyFile.Entry entry, byte[] salt, byte[] whole) {
    try {
      return cipher(Cipher.DECRYPT_MODE, entry, salt).doFinal(whole, SALT, whole.length - SALT);
    } catch (GeneralSecurityException e) {
      return null;
    }
  }

  private Cipher cipher(int mode, SystemKeyFile.Entry entry, byte[] salt)
      throws GeneralSecurityException {
    byte[] key =
        hkdf.derive(
            entry.material(), salt, KeyUse.CONFIG_VALUE.info(new byte[0]), entry.material().length);
    try {
      String name = "AES/GCM/NoPadding";
      Cipher cipher =
          provider == null ? Cipher.getInstance(name) : Cipher.getInstance(name, provider);
      cipher.init(
          mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, new byte[12]));
      cipher.updateAAD(AAD);
      return cipher;
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private static char[] chars(byte[] utf8) {
    CharBuffer decoded = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(utf8));
    char[] result = new char[decoded.remaining()];
    decoded.get(result);
    Arrays.fill(decoded.array(), '\0');
    Arrays.fill(utf8, (byte) 0);
    return result;
  }
}
