package io.cassandratde.keys.pkcs11;

import io.cassandratde.keys.GroupTag;
import io.cassandratde.keys.HeldKey;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyProvider.HostStatus;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.SealCount;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one token that its settings name by their labels: the primary, and a secondary that
 * opens what was sealed while it was the primary. A key is used by its reference, under whichever
 * label it is by then.
 */
final class TokenKeys implements HeldKey.Keeper {

  private static final int NONCE_BYTES = 12;

  private final int groupTag;
  private final SecureRandom random = new SecureRandom();
  private final SealCount seals;

  /** By which opening of the token each key has shown that it seals as it should. */
  private final Map<KeyReference, Provider> proven = new ConcurrentHashMap<>();

  private final TokenHealth health = new TokenHealth();
  private volatile Pkcs11Token token;

  /**
   * Asks the token nothing yet.
   *
   * @param pin read at each login; the array is wiped afterwards
   */
  TokenKeys(Pkcs11Settings settings, Supplier<char[]> pin) {
    this(settings, pin, new SealCount());
  }

  TokenKeys(Pkcs11Settings settings, Supplier<char[]> pin, SealCount seals) {
    this.seals = seals;
    groupTag = GroupTag.of(ProviderKind.PKCS11, settings.name());
    token = new Pkcs11Token(settings, groupTag, pin);
  }

  Pkcs11Settings settings() {
    return token.settings();
  }

  /** From now on by these; a PIN that was refused may be tried again. */
  void use(Pkcs11Settings settings, Supplier<char[]> pin) {
    token = new Pkcs11Token(settings, groupTag, pin);
  }

  /**
   * The key under the label of the primary, as it is now, once it has shown that it can seal.
   *
   * @throws KeyNotFoundException there is none
   * @throws KeyConfigException nothing may be sealed by it
   */
  TokenKey primary() {
    Pkcs11Token now = token;
    now.refresh();
    return answer(
        () -> {
          String label = now.settings().primaryKey();
          try {
            return now.use(
                label,
                key -> {
                  requireProven(now, label, key);
                  return key;
                });
          } catch (GeneralSecurityException e) {
            throw new KeyUnavailableException(
                "%s does not show that key %s seals".formatted(now, label), e);
          }
        });
  }

  /**
   * The key of this reference, under whichever label.
   *
   * @throws KeyNotFoundException it is under none
   */
  TokenKey find(KeyReference wanted) {
    Pkcs11Token now = token;
    return answer(() -> now.key(labelOf(now, wanted)));
  }

  byte[] nonce() {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    return nonce;
  }

  @Override
  public byte[] seal(KeyReference by, byte[] nonce, byte[] aad, byte[] plain) {
    Pkcs11Token now = token;
    return answer(
        () -> {
          String label = labelOf(now, by);
          seals.add(by, now.toString());
          try {
            return now.use(
                label,
                key -> {
                  TokenKey found = required(now, key, by);
                  requireProven(now, label, found);
                  return found.seal(nonce, aad, plain);
                });
          } catch (GeneralSecurityException e) {
            throw new KeyUnavailableException("%s does not seal by %s".formatted(now, by), e);
          }
        });
  }

  /**
   * Has a key show, once per opening of the token, that it seals what opens again and that what was
   * changed does not: there are tokens that put nonces of their own in the place of the caller's,
   * and what they sealed would be lost.
   */
  @SuppressWarnings("ReferenceEquality") // another opening of the same library is another
  private void requireProven(Pkcs11Token now, String label, TokenKey key)
      throws GeneralSecurityException {
    if (proven.get(key.reference()) == key.provider()) {
      return;
    }
    Optional<String> flaw;
    try {
      flaw = canary(now, key).flaw();
    } catch (AEADBadTagException e) {
      throw new KeyUnavailableException(
          "%s does not open by key %s what it sealed a moment ago".formatted(now, label), e);
    }
    if (flaw.isPresent()) {
      throw flawed(now, label, flaw.get());
    }
    proven.put(key.reference(), key.provider());
  }

  private static KeyConfigException flawed(Pkcs11Token now, String label, String flaw) {
    return new KeyConfigException(
        "%s %s by key %s, so nothing is sealed there: have it take nonce and additional data of CKM_AES_GCM from the caller, with tags of 128 bits (a FIPS mode may forbid that), or name a token that does"
            .formatted(now, flaw, label));
  }

  private TokenCanary canary(Pkcs11Token now, TokenKey key) throws GeneralSecurityException {
    seals.add(key.reference(), now.toString());
    return new TokenCanary(key, nonce());
  }

  @Override
  public byte[] open(KeyReference by, byte[] nonce, byte[] aad, byte[] sealed)
      throws AEADBadTagException {
    Pkcs11Token now = token;
    byte[] opened =
        answer(
            () -> {
              String label = labelOf(now, by);
              try {
                return now.use(label, key -> required(now, key, by).open(nonce, aad, sealed));
              } catch (AEADBadTagException e) {
                requireWorking(now, label, e);
                return null;
              } catch (GeneralSecurityException e) {
                throw new KeyUnavailableException("%s does not open by %s".formatted(now, by), e);
              }
            });
    if (opened == null) {
      throw new AEADBadTagException("not what was sealed by " + by);
    }
    return opened;
  }

  /**
   * SunPKCS11 tells CKR_GENERAL_ERROR, which a token may give for anything, as a wrong tag: no
   * outage may be taken for damage, nor what the token does otherwise than GCM, so it shows on
   * something else that it works.
   */
  private void requireWorking(Pkcs11Token now, String label, AEADBadTagException failure) {
    Optional<String> flaw;
    try {
      flaw = now.use(label, key -> canary(now, key).flaw());
    } catch (GeneralSecurityException e) {
      failure.addSuppressed(e);
      throw new KeyUnavailableException(
          "%s neither opens by key %s nor shows that it works".formatted(now, label), failure);
    }
    if (flaw.isPresent()) {
      throw flawed(now, label, flaw.get());
    }
  }

  private String labelOf(Pkcs11Token now, KeyReference wanted) {
    if (wanted.groupTag() != groupTag) {
      throw new KeyConfigException(wanted + " is not a key of " + now);
    }
    String label = labelNow(now, wanted);
    if (label == null) {
      now.refresh();
      label = labelNow(now, wanted);
    }
    if (label == null) {
      throw notThere(now, wanted);
    }
    return label;
  }

  /** It may have been replaced since {@link #labelOf} looked. */
  private static TokenKey required(Pkcs11Token now, TokenKey found, KeyReference wanted) {
    if (!found.reference().equals(wanted)) {
      throw notThere(now, wanted);
    }
    return found;
  }

  private static KeyNotFoundException notThere(Pkcs11Token now, KeyReference wanted) {
    return new KeyNotFoundException(
        "%s has no %s under the labels %s: put the key back, and name its label as secondary_key"
            .formatted(now, wanted, String.join(", ", labels(now.settings()))));
  }

  private static @Nullable String labelNow(Pkcs11Token now, KeyReference wanted) {
    for (String label : labels(now.settings())) {
      try {
        if (wanted.admits(now.key(label).reference())) {
          return label;
        }
      } catch (KeyNotFoundException e) {
        // The other one may have it.
      }
    }
    return null;
  }

  private static List<String> labels(Pkcs11Settings settings) {
    String secondary = settings.secondaryKey();
    return secondary == null
        ? List.of(settings.primaryKey())
        : List.of(settings.primaryKey(), secondary);
  }

  private <T extends @Nullable Object> T answer(Supplier<T> question) {
    long began = System.nanoTime();
    try {
      T answer = question.get();
      health.answered(System.nanoTime() - began);
      return answer;
    } catch (KeyNotFoundException e) {
      health.answered(System.nanoTime() - began);
      throw e;
    } catch (KeyException e) {
      health.failed(e);
      throw e;
    }
  }

  /** How the token fares. */
  HostStatus status() {
    return health.status(settings());
  }

  @Override
  public String toString() {
    return token.toString();
  }
}
