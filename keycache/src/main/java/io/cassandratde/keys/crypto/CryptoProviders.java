package io.cassandratde.keys.crypto;

import io.cassandratde.keys.KeyConfigException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.Security;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the provider of AES/GCM/NoPadding and HmacSHA256.
 *
 * <p>Corretto's provider seals a 16 KiB chunk about 2.5 times as fast as the JDK's, and Cassandra's
 * tarball ships it; it is loaded by name, so nothing here depends on it.
 */
public final class CryptoProviders {

  private static final Logger logger = LoggerFactory.getLogger(CryptoProviders.class);

  static final String CORRETTO_CLASS =
      "com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider";
  private static final String JDK = "SunJCE";

  /**
   * Test case 14 of the GCM submission to NIST: AES-256, zero key, zero nonce, one zero block;
   * ciphertext, then tag.
   */
  private static final String GCM_KNOWN_ANSWER =
      "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919";

  /** RFC 4231 test case 2: key "Jefe", data "what do ya want for nothing?". */
  private static final String HMAC_KNOWN_ANSWER =
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

  private static final AtomicReference<@Nullable String> logged = new AtomicReference<>();

  private CryptoProviders() {}

  /**
   * The provider that seals and opens in this process.
   *
   * @param configured {@code crypto_provider}: a provider's name or class name; null leaves the
   *     choice to us
   * @throws KeyConfigException when a configured provider is absent or gives wrong answers; there
   *     is no substitute then
   */
  public static Provider choose(@Nullable String configured) {
    Provider chosen = configured == null ? fastest() : configured(configured);
    String line = chosen.getName() + " " + chosen.getVersionStr();
    if (!line.equals(logged.getAndSet(line))) {
      logger.info(
          "Sealing and opening with crypto provider {} ({})",
          line,
          configured == null ? "chosen: set crypto_provider to override" : "crypto_provider");
    }
    return chosen;
  }

  private static Provider configured(String name) {
    Provider provider = Security.getProvider(name);
    if (provider == null && name.contains(".")) {
      provider = instantiate(name);
    }
    if (provider == null && name.equals("AmazonCorrettoCryptoProvider")) {
      provider = instantiate(CORRETTO_CLASS);
    }
    if (provider == null) {
      throw new KeyConfigException(
          "crypto_provider: "
              + name
              + " is not there: put its jar on the class path (or install it in java.security), or take the option out");
    }
    String failure = selfTest(provider);
    if (failure != null) {
      throw new KeyConfigException("crypto_provider: " + name + " fails its self-test: " + failure);
    }
    return provider;
  }

  private static Provider fastest() {
    Provider corretto = instantiate(CORRETTO_CLASS);
    if (corretto != null) {
      String failure = selfTest(corretto);
      if (failure == null) {
        return corretto;
      }
      logger.warn(
          "Amazon Corretto's crypto provider is on the class path but fails its self-test: {}",
          failure);
    }
    Provider jdk = Security.getProvider(JDK);
    if (jdk == null) {
      throw new KeyConfigException("this Java has no provider " + JDK + ": set crypto_provider");
    }
    String failure = selfTest(jdk);
    if (failure != null) {
      throw new KeyConfigException(
          "provider " + JDK + " fails its self-test: " + failure + "; set crypto_provider");
    }
    return jdk;
  }

  private static @Nullable Provider instantiate(String className) {
    try {
      Class<?> type = Class.forName(className);
      return (Provider) type.getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException | ClassCastException | LinkageError e) {
      return null;
    }
  }

  /**
   * Null when both known answers come out; else what went wrong. Native providers fail here when
   * their library does not load.
   */
  static @Nullable String selfTest(Provider provider) {
    try {
      Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding", provider);
      gcm.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(new byte[32], "AES"),
          new GCMParameterSpec(128, new byte[12]));
      byte[] sealed = gcm.doFinal(new byte[16]);
      if (!Arrays.equals(sealed, HexFormat.of().parseHex(GCM_KNOWN_ANSWER))) {
        return "AES/GCM/NoPadding gives a wrong answer";
      }
      Mac hmac = Mac.getInstance("HmacSHA256", provider);
      hmac.init(new SecretKeySpec("Jefe".getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
      byte[] mac = hmac.doFinal("what do ya want for nothing?".getBytes(StandardCharsets.US_ASCII));
      if (!Arrays.equals(mac, HexFormat.of().parseHex(HMAC_KNOWN_ANSWER))) {
        return "HmacSHA256 gives a wrong answer";
      }
      return null;
    } catch (GeneralSecurityException | RuntimeException | LinkageError e) {
      return e.toString();
    }
  }
}
