package io.cassandratde.keys.pkcs11;

import io.cassandratde.keys.GroupTag;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.master.DamagedWrapException;
import io.cassandratde.keys.master.KeyBinding;
import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.keys.master.WrappedKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/**
 * Two keys of a token: the primary is offered for wrapping, the secondary unwraps what it wrapped
 * when it was the primary, and wraps on for as long as the nodes have not agreed on the new one.
 */
public final class Pkcs11MasterKeys implements MasterKeys {

  /** Random nonces of 96 bits under one key (NIST SP 800-38D 8.3, docs/RULES.md R1). */
  private static final long MOST_WRAPS = 1L << 32;

  private static final byte[] CANARY = "cassandra-tde/1 canary".getBytes(StandardCharsets.US_ASCII);

  private final Pkcs11Settings settings;
  private final Pkcs11Token token;
  private final int groupTag;
  private final SecureRandom random = new SecureRandom();
  private final AtomicLong wraps = new AtomicLong();

  /**
   * Asks the token nothing yet.
   *
   * @param pin read at each login; the array is wiped afterwards
   */
  public Pkcs11MasterKeys(Pkcs11Settings settings, Supplier<char[]> pin) {
    this.settings = settings;
    groupTag = GroupTag.of(ProviderKind.PKCS11, settings.name());
    token = new Pkcs11Token(settings, groupTag, pin);
  }

  @Override
  public KeyReference current() {
    token.refresh();
    return using(settings.primaryKey(), TokenKey::reference);
  }

  @Override
  public WrappedKey wrap(KeyReference by, byte[] material, KeyBinding binding) {
    String label = labelOf(by);
    if (wraps.incrementAndGet() > MOST_WRAPS) {
      throw new KeyConfigException(
          "this process has wrapped 2^32 keys by %s: replace key %s".formatted(token, label));
    }
    byte[] nonce = nonce();
    return using(
        label,
        key -> {
          if (!key.reference().equals(by)) {
            throw notThere(by); // it was replaced since labelOf looked
          }
          byte[] head = WrappedKey.head(WrappedKey.Method.TOKEN, key.reference(), nonce);
          byte[] sealed = key.seal(nonce, WrappedKey.aad(head, binding), material);
          return WrappedKey.of(WrappedKey.Method.TOKEN, key.reference(), head, sealed);
        });
  }

  @Override
  public <T> T unwrap(WrappedKey wrapped, KeyBinding binding, Function<byte[], T> use)
      throws DamagedWrapException {
    KeyReference master = wrapped.masterKey();
    byte[] aad = WrappedKey.aad(wrapped.head(), binding);
    byte[] material;
    String label = labelOf(master);
    try {
      material =
          token.use(
              label,
              key -> {
                if (!key.reference().equals(master)) {
                  throw notThere(master); // it was replaced since labelOf looked
                }
                return key.open(wrapped.fresh(), aad, wrapped.sealed());
              });
    } catch (AEADBadTagException e) {
      requireWorking(label, e);
      throw new DamagedWrapException(
          "%s does not unwrap under %s: it was changed, or is another's"
              .formatted(binding, master));
    } catch (GeneralSecurityException e) {
      throw new KeyUnavailableException("%s does not unwrap by key %s".formatted(token, label), e);
    }
    try {
      return use.apply(material);
    } finally {
      Arrays.fill(material, (byte) 0);
    }
  }

  /**
   * SunPKCS11 tells CKR_GENERAL_ERROR, which a token may give for anything, as a wrong tag: no
   * outage may be taken for damage, so the token shows on something else that it works.
   */
  private void requireWorking(String label, AEADBadTagException failure) {
    byte[] nonce = nonce();
    try {
      byte[] back =
          token.use(label, key -> key.open(nonce, CANARY, key.seal(nonce, CANARY, new byte[32])));
      if (Arrays.equals(back, new byte[32])) {
        return;
      }
    } catch (GeneralSecurityException e) {
      failure.addSuppressed(e);
    }
    throw new KeyUnavailableException(
        "%s neither unwraps by key %s nor shows that it works".formatted(token, label), failure);
  }

  private byte[] nonce() {
    byte[] nonce = new byte[WrappedKey.Method.TOKEN.freshBytes()];
    random.nextBytes(nonce);
    return nonce;
  }

  private String labelOf(KeyReference wanted) {
    if (wanted.groupTag() != groupTag) {
      throw new KeyConfigException(wanted + " is not a key of " + token);
    }
    String label = labelNow(wanted);
    if (label == null) {
      token.refresh();
      label = labelNow(wanted);
    }
    if (label == null) {
      throw notThere(wanted);
    }
    return label;
  }

  private KeyNotFoundException notThere(KeyReference wanted) {
    return new KeyNotFoundException(
        "%s has no %s under the labels %s: put the key back, and name its label as secondary_key"
            .formatted(token, wanted, String.join(", ", labels())));
  }

  private @Nullable String labelNow(KeyReference wanted) {
    for (String label : labels()) {
      try {
        if (token.key(label).reference().equals(wanted)) {
          return label;
        }
      } catch (KeyNotFoundException e) {
        // The other one may have it.
      }
    }
    return null;
  }

  private List<String> labels() {
    String secondary = settings.secondaryKey();
    return secondary == null
        ? List.of(settings.primaryKey())
        : List.of(settings.primaryKey(), secondary);
  }

  private <T> T using(String label, Pkcs11Token.Work<T> work) {
    try {
      return token.use(label, work);
    } catch (GeneralSecurityException e) {
      throw new KeyUnavailableException("%s does not work with key %s".formatted(token, label), e);
    }
  }

  @Override
  public void close() {}
}
