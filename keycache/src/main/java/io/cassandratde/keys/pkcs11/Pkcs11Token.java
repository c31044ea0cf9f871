package io.cassandratde.keys.pkcs11;

import io.cassandratde.keys.KeyAccessDeniedException;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUnavailableException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyStore;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import javax.crypto.SecretKey;
import javax.security.auth.login.LoginException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A token: logs in, finds keys by their labels, and does both again when the token has lost its
 * session or a key was replaced.
 *
 * <p>A PIN that the token refuses is not tried again, for a token locks itself after a few.
 */
final class Pkcs11Token {

  private static final Logger logger = LoggerFactory.getLogger(Pkcs11Token.class);

  private final Pkcs11Settings settings;
  private final int groupTag;
  private final Supplier<char[]> pin;
  private final Map<String, TokenKey> keys = new HashMap<>();
  private final Set<KeyReference> warned = new HashSet<>();
  private @Nullable Provider provider;
  private @Nullable KeyAccessDeniedException refused;

  /**
   * Asks nothing yet.
   *
   * @param pin read at each login; wiped afterwards
   */
  Pkcs11Token(Pkcs11Settings settings, int groupTag, Supplier<char[]> pin) {
    this.settings = settings;
    this.groupTag = groupTag;
    this.pin = pin;
  }

  Pkcs11Settings settings() {
    return settings;
  }

  /** Work in the token with a key. */
  interface Work<T> {
    T with(TokenKey key) throws GeneralSecurityException;
  }

  /**
   * Does it, and once more with everything found anew when the token does not take the key as it
   * was found.
   *
   * @throws KeyNotFoundException the token has no key of this label
   * @throws KeyUnavailableException the token does not work
   * @throws GeneralSecurityException what {@code work} found wrong with its data
   */
  <T> T use(String label, Work<T> work) throws GeneralSecurityException {
    TokenKey key = key(label);
    try {
      return work.with(key);
    } catch (InvalidKeyException | ProviderException e) {
      // Its handle is of a session that is gone, or of an object that was replaced.
      forget(key);
    }
    try {
      return work.with(key(label));
    } catch (InvalidKeyException | ProviderException e) {
      close();
      throw new KeyUnavailableException(
          "%s does not let key %s be used".formatted(settings, label), e);
    }
  }

  /**
   * The next use opens the token anew. The JDK keeps sessions for later, and goes on with them when
   * they are gone because the token was away.
   */
  private synchronized void close() {
    provider = null;
    keys.clear();
  }

  private synchronized Provider provider() {
    Provider there = provider;
    return there == null ? open() : there;
  }

  private Provider open() {
    settings.requireLibrary();
    try {
      Provider opened = Security.getProvider("SunPKCS11").configure(settings.configuration());
      provider = opened;
      return opened;
    } catch (RuntimeException e) {
      throw new KeyUnavailableException(
          settings + " cannot be opened: check library, slot and that the token is there", e);
    }
  }

  /** Next time everything is found anew. */
  private synchronized void forget(TokenKey stale) {
    if (keys.containsValue(stale)) {
      keys.clear();
    }
  }

  /** Has the keys found anew at the next use: labels may be of other keys by then. */
  synchronized void refresh() {
    keys.clear();
  }

  /**
   * As it was found last.
   *
   * @throws KeyNotFoundException there is none of this label
   */
  synchronized TokenKey key(String label) {
    TokenKey known = keys.get(label);
    if (known != null) {
      return known;
    }
    boolean stands = provider == null || awaitsToken(provider);
    try {
      return find(label);
    } catch (KeyUnavailableException e) {
      if (stands) {
        throw e;
      }
    }
    close();
    return find(label);
  }

  /** It was opened while there was no token: then it looks for one by itself, in its own thread. */
  private static boolean awaitsToken(Provider opened) {
    return opened.getService("KeyStore", "PKCS11") == null;
  }

  private TokenKey find(String label) {
    KeyStore store = store();
    try {
      Key found = store.getKey(label, null);
      if (!(found instanceof SecretKey secret)) {
        throw new KeyNotFoundException(
            "%s has no secret key of label %s".formatted(settings, label));
      }
      if (!secret.getAlgorithm().equals("AES")) {
        throw new KeyConfigException(
            "key %s of %s is for %s, and what wraps keys is for AES"
                .formatted(label, settings, secret.getAlgorithm()));
      }
      TokenKey key = TokenKey.of(secret, provider(), groupTag);
      keys.put(label, key);
      if (!key.neverLeaves() && warned.add(key.reference())) {
        logger.warn(
            "KEY MAY LEAVE ITS TOKEN: {} of label {} of {} is extractable, or not sensitive: whoever"
                + " has the PIN may copy it, and open with the copy what it wrapped. Make one that is"
                + " sensitive and not extractable, and replace this one by it (docs/OPERATIONS.md)",
            key,
            label,
            settings);
      }
      return key;
    } catch (GeneralSecurityException | ProviderException e) {
      throw new KeyUnavailableException(
          "%s does not let key %s be used".formatted(settings, label), e);
    }
  }

  /** Logs in where that is needed. */
  private KeyStore store() {
    if (refused != null) {
      throw refused.again();
    }
    char[] secret = pin.get();
    try {
      KeyStore store = KeyStore.getInstance("PKCS11", provider());
      store.load(null, secret);
      return store;
    } catch (IOException | GeneralSecurityException | ProviderException e) {
      throw failure(e);
    } finally {
      Arrays.fill(secret, '\0');
    }
  }

  private KeyException failure(Exception e) {
    if (hasPinRefusal(e)) {
      refused =
          new KeyAccessDeniedException(
              settings
                  + " refuses the PIN, which is not tried again, as tokens lock themselves:"
                  + " correct pin, then reload the configuration, or restart ("
                  + KeyException.flatten("it says", e)
                  + ")");
      return refused.again();
    }
    String text = KeyException.flatten(settings + " does not give its keys", e);
    if (text.contains("sharing same CKA_LABEL")) {
      return new KeyConfigException(
          text + ": no key of the token can be found while two have one label; rename one of them");
    }
    return new KeyUnavailableException(text);
  }

  private static boolean hasPinRefusal(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      String text = String.valueOf(cause.getMessage()).toUpperCase(Locale.ROOT);
      if (text.contains("CKR_PIN_")
          || (cause instanceof LoginException && cause.getCause() == null)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return settings.toString();
  }
}
