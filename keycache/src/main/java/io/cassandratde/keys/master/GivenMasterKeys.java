package io.cassandratde.keys.master;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyProvider;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUse;
import io.cassandratde.keys.WrongKeyException;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.Function;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Master keys that whoever holds them gives out: of a KMIP group, or in a system key file. Which
 * one is current is asked each time, and so is one that wraps; one that unwraps stays in memory for
 * moments, as a node that starts has many data keys under one.
 */
public final class GivenMasterKeys implements MasterKeys {

  private static final int BITS = 256;
  private static final byte[] NONCE = new byte[12];

  private final KeyProvider keys;
  private final KeySpec spec;
  private final Provider provider;
  private final SecureRandom random = new SecureRandom();
  private final BriefKeys unwrapping = new BriefKeys(this::master);

  /**
   * The keys of one spec.
   *
   * @param keys stays the caller's to close
   * @throws KeyConfigException the keys are weaker than what they may have to wrap (docs/RULES.md
   *     R1)
   */
  public GivenMasterKeys(KeyProvider keys, KeySpec spec, Provider provider) {
    if (!spec.cipher().equals(CipherSpec.AES_256)) {
      throw new KeyConfigException(
          "a master key has 256 bits, for it wraps keys of as many, and not " + spec);
    }
    keys.check(spec);
    this.keys = keys;
    this.spec = spec;
    this.provider = provider;
  }

  @Override
  public KeyReference current() {
    DataKey master = keys.current(spec, null).key();
    master.retire();
    return master.reference();
  }

  @Override
  public WrappedKey wrap(KeyReference by, byte[] material, KeyBinding binding) {
    byte[] salt = new byte[WrappedKey.Method.HKDF.freshBytes()];
    random.nextBytes(salt);
    return wrap(by, material, binding, salt);
  }

  /** For vectors: a salt must never come twice. */
  WrappedKey wrap(KeyReference by, byte[] material, KeyBinding binding, byte[] salt) {
    DataKey master = master(by);
    try {
      byte[] head = WrappedKey.head(WrappedKey.Method.HKDF, by, salt);
      byte[] sealed =
          cipher(Cipher.ENCRYPT_MODE, master, salt, WrappedKey.aad(head, binding))
              .doFinal(material);
      return WrappedKey.of(WrappedKey.Method.HKDF, by, salt, sealed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES/GCM/NoPadding does not work: " + e);
    } finally {
      master.retire();
    }
  }

  @Override
  public <T> T unwrap(WrappedKey wrapped, KeyBinding binding, Function<byte[], T> use)
      throws DamagedWrapException {
    if (wrapped.method() != WrappedKey.Method.HKDF) {
      // Nor is it fetched for that: it may be a key that must not leave its server.
      throw new KeyNotFoundException(
          "%s wraps where it is kept, and %s gives keys out: name its place with wrap_at: server"
              .formatted(wrapped.masterKey(), spec));
    }
    byte[] material;
    try (DataKey.Lease master = unwrapping.lease(wrapped.masterKey())) {
      byte[] aad = WrappedKey.aad(wrapped.head(), binding);
      material =
          cipher(Cipher.DECRYPT_MODE, master.key(), wrapped.fresh(), aad).doFinal(wrapped.sealed());
    } catch (AEADBadTagException e) {
      throw new DamagedWrapException(
          "%s does not unwrap under %s: it was changed, or is another's"
              .formatted(binding, wrapped.masterKey()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES/GCM/NoPadding does not work: " + e);
    }
    try {
      return use.apply(material);
    } finally {
      Arrays.fill(material, (byte) 0);
    }
  }

  /** The key of this id and check value (docs/RULES.md R2); the caller retires it. */
  private DataKey master(KeyReference wanted) {
    DataKey master = keys.byId(spec, wanted);
    if (master.reference().checkValue() == wanted.checkValue()) {
      return master;
    }
    master.retire();
    throw new WrongKeyException(
        "%s is another key by now (its check value is %08x): look for a restored or different server"
            .formatted(wanted, master.reference().checkValue()));
  }

  private Cipher cipher(int mode, DataKey master, byte[] salt, byte[] aad)
      throws GeneralSecurityException {
    byte[] key = master.derive(KeyUse.KEY_WRAP, salt, new byte[0], BITS / 8);
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
      cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, NONCE));
      cipher.updateAAD(aad);
      return cipher;
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  @Override
  public void askAnew() {
    unwrapping.wipe();
  }

  @Override
  public void close() {
    unwrapping.wipe();
  }
}
