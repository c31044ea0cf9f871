package io.cassandratde.keys.pkcs11;

import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.master.DamagedWrapException;
import io.cassandratde.keys.master.KeyBinding;
import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.keys.master.WrappedKey;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.crypto.AEADBadTagException;

/**
 * Two keys of a token: the primary is offered for wrapping, the secondary unwraps what it wrapped
 * when it was the primary, and wraps on for as long as the nodes have not agreed on the new one.
 */
public final class Pkcs11MasterKeys implements MasterKeys {

  private static final int BITS = 256;

  private final TokenKeys token;

  /**
   * Of a token that nobody else uses. Asks it nothing yet.
   *
   * @param pin read at each login; the array is wiped afterwards
   */
  public Pkcs11MasterKeys(Pkcs11Settings settings, Supplier<char[]> pin) {
    this(new TokenKeys(settings, pin));
  }

  Pkcs11MasterKeys(TokenKeys token) {
    this.token = token;
  }

  @Override
  public KeyReference current() {
    return strong(token.primary()).reference();
  }

  @Override
  public WrappedKey wrap(KeyReference by, byte[] material, KeyBinding binding) {
    TokenKey unused = strong(token.find(by));
    byte[] nonce = token.nonce();
    byte[] head = WrappedKey.head(WrappedKey.Method.TOKEN, by, nonce);
    byte[] sealed = token.seal(by, nonce, WrappedKey.aad(head, binding), material);
    return WrappedKey.of(WrappedKey.Method.TOKEN, by, nonce, sealed);
  }

  /** As a given master key has to be (docs/RULES.md R1); what a weaker one wrapped still opens. */
  private TokenKey strong(TokenKey master) {
    if (master.bits() < BITS) {
      throw new KeyConfigException(
          "a master key has %d bits, for it wraps keys of as many, and %s of %s has %d: make an AES-%d key in the token and name its label as primary_key"
              .formatted(BITS, master, token, master.bits(), BITS));
    }
    return master;
  }

  @Override
  public <T> T unwrap(WrappedKey wrapped, KeyBinding binding, Function<byte[], T> use)
      throws DamagedWrapException {
    KeyReference master = wrapped.masterKey();
    byte[] aad = WrappedKey.aad(wrapped.head(), binding);
    byte[] material;
    try {
      material = token.open(master, wrapped.fresh(), aad, wrapped.sealed());
    } catch (AEADBadTagException e) {
      throw new DamagedWrapException(
          "%s does not unwrap under %s: it was changed, or is another's"
              .formatted(binding, master));
    }
    try {
      return use.apply(material);
    } finally {
      Arrays.fill(material, (byte) 0);
    }
  }

  @Override
  public void close() {}
}
