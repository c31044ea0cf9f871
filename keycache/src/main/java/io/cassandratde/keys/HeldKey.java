package io.cassandratde.keys;

import javax.crypto.AEADBadTagException;

/**
 * A key that never leaves whoever keeps it, such as a token: it seals and opens other keys there,
 * and nothing can be derived from it. Its keeper may be away at any time, so that each use may fail
 * as a fetch of another key does.
 */
public final class HeldKey extends DataKey {

  /** Keeps keys. Thread-safe; may block within its own deadline. */
  public interface Keeper {

    /**
     * Seals with AES-GCM.
     *
     * @param nonce 12 bytes, random
     * @return ciphertext and tag
     * @throws KeyException it cannot do it now, or has no such key any more
     */
    byte[] seal(KeyReference key, byte[] nonce, byte[] aad, byte[] plain);

    /**
     * Opens what {@link #seal} gave.
     *
     * @throws AEADBadTagException it is not what was sealed, by a keeper that has shown that it
     *     works
     * @throws KeyException it cannot do it now, or has no such key any more
     */
    byte[] open(KeyReference key, byte[] nonce, byte[] aad, byte[] sealed)
        throws AEADBadTagException;
  }

  private final int bits;
  private final Keeper keeper;

  public HeldKey(KeyReference reference, int bits, Keeper keeper) {
    super(reference);
    this.bits = bits;
    this.keeper = keeper;
  }

  @Override
  public int bits() {
    return bits;
  }

  /** As {@link Keeper#seal}. */
  public byte[] seal(byte[] nonce, byte[] aad, byte[] plain) {
    acquire();
    try {
      return keeper.seal(reference(), nonce, aad, plain);
    } finally {
      release();
    }
  }

  /** As {@link Keeper#open}. */
  public byte[] open(byte[] nonce, byte[] aad, byte[] sealed) throws AEADBadTagException {
    acquire();
    try {
      return keeper.open(reference(), nonce, aad, sealed);
    } finally {
      release();
    }
  }

  @Override
  byte[] derived(KeyUse use, byte[] salt, byte[] context, int length) {
    throw staysThere();
  }

  @Override
  byte[] material() {
    throw staysThere();
  }

  /** There is nothing of it here. */
  @Override
  void wipe() {}

  private KeyConfigException staysThere() {
    return new KeyConfigException(
        reference()
            + " never leaves its token, so it can do no more than wrap the keys of SSTables of"
            + " format ebti: select that format in cassandra.yaml, or use a key provider that gives"
            + " its keys out");
  }
}
