package io.cassandratde.keys;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * One key's material with the reference that names it.
 *
 * <p>It has neither equals nor hashCode, prints only its reference, and gives away derived keys
 * only. Material is leased and counted: {@link #retire()} wipes it when no lease is left, and any
 * use after that throws (docs/RULES.md R3). Wiping is best effort in Java: the garbage collector
 * may have copied the array before.
 */
public final class DataKey {

  private static final int RETIRED = 1 << 31;
  private static final byte[] NONE = new byte[0];
  private static final int CHECK_VALUE_BYTES = 32;

  private final byte[] material;
  private final KeyReference reference;
  private final Hkdf hkdf;

  /**
   * Lease count in the low 31 bits; the sign bit says retired. RETIRED with no lease means wiped.
   */
  private final AtomicInteger state = new AtomicInteger();

  private DataKey(byte[] material, KeyReference reference, Hkdf hkdf) {
    this.material = material;
    this.reference = reference;
    this.hkdf = hkdf;
  }

  /** Copies the material; the caller wipes its own array. */
  public static DataKey of(int groupTag, String keyId, byte[] material, Hkdf hkdf) {
    if (material.length != 16 && material.length != 24 && material.length != 32) {
      throw new IllegalArgumentException(
          "key " + keyId + " has " + material.length + " bytes; AES needs 16, 24 or 32");
    }
    rejectZeros(material, "key " + keyId);
    int check = checkValue(material, hkdf);
    return new DataKey(material.clone(), new KeyReference(groupTag, keyId, check), hkdf);
  }

  private static int checkValue(byte[] material, Hkdf hkdf) {
    return ByteBuffer.wrap(
            hkdf.derive(material, NONE, KeyUse.CHECK_VALUE.info(NONE), CHECK_VALUE_BYTES))
        .getInt();
  }

  public KeyReference reference() {
    return reference;
  }

  public int bits() {
    return material.length * 8;
  }

  /**
   * A key of its own for this use: HKDF-SHA-256 over the data key with {@link KeyUse#info}.
   *
   * @throws IllegalStateException when the material was wiped; take a {@link #lease()} first to be
   *     sure of it
   */
  public byte[] derive(KeyUse use, byte[] salt, byte[] context, int length) {
    acquire();
    try {
      byte[] derived = hkdf.derive(material, salt, use.info(context), length);
      rejectZeros(derived, "the " + use.label() + " key derived from " + reference);
      return derived;
    } finally {
      release();
    }
  }

  /**
   * Hands the material to what wraps it under another key, the only use that needs it as it is.
   *
   * @param wrapper must neither keep nor change the array
   * @throws IllegalStateException when the material was wiped
   */
  public <T> T wrap(Function<byte[], T> wrapper) {
    acquire();
    try {
      return wrapper.apply(material);
    } finally {
      release();
    }
  }

  /**
   * Keeps the material alive until the lease is closed.
   *
   * @throws IllegalStateException when the material was wiped already
   */
  public Lease lease() {
    acquire();
    return new Lease(this);
  }

  /**
   * No cache holds this key any more: it is wiped as soon as no lease is left. Leases may still be
   * taken until then.
   */
  public void retire() {
    int before = state.getAndUpdate(s -> s | RETIRED);
    if (before == 0) {
      Arrays.fill(material, (byte) 0);
    }
  }

  /** Whether {@link #retire} was called: nothing that lives on may be derived from it any more. */
  public boolean isRetired() {
    return state.get() < 0;
  }

  public boolean isWiped() {
    return state.get() == RETIRED;
  }

  private void acquire() {
    for (; ; ) {
      int s = state.get();
      if (s == RETIRED) {
        throw new IllegalStateException(reference + " was wiped; take a lease before use");
      }
      if (state.compareAndSet(s, s + 1)) {
        return;
      }
    }
  }

  private void release() {
    if (state.decrementAndGet() == RETIRED) {
      Arrays.fill(material, (byte) 0);
    }
  }

  private static void rejectZeros(byte[] bytes, String what) {
    int any = 0;
    for (byte b : bytes) {
      any |= b;
    }
    if (any == 0) {
      throw new IllegalStateException(what + " is all zeros, so it is no key");
    }
  }

  @Override
  public String toString() {
    return "DataKey[" + reference + ", " + bits() + " bits, material withheld]";
  }

  /** A counted use of a key's material. Closing twice counts once. */
  public static final class Lease implements AutoCloseable {
    private final DataKey key;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Lease(DataKey key) {
      this.key = key;
    }

    public DataKey key() {
      if (closed.get()) {
        throw new IllegalStateException("this lease of " + key.reference + " was closed");
      }
      return key;
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        key.release();
      }
    }
  }
}
