package io.cassandratde.keys;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * A key with the reference that names it: one whose material this process holds, or a {@link
 * HeldKey}, which works where it is kept.
 *
 * <p>It has neither equals nor hashCode, prints only its reference, and gives away derived keys
 * only. Uses are leased and counted: {@link #retire()} ends it when no lease is left, and any use
 * after that throws (docs/RULES.md R3). Material is wiped then. Wiping is best effort in Java: the
 * garbage collector may have copied the array before.
 */
public abstract sealed class DataKey permits GivenKey, HeldKey {

  private static final int RETIRED = 1 << 31;

  private final KeyReference reference;

  /**
   * Lease count in the low 31 bits; the sign bit says retired. RETIRED with no lease means wiped.
   */
  private final AtomicInteger state = new AtomicInteger();

  DataKey(KeyReference reference) {
    this.reference = reference;
  }

  /** Copies the material; the caller wipes its own array. */
  public static DataKey of(int groupTag, String keyId, byte[] material, Hkdf hkdf) {
    return GivenKey.copyOf(groupTag, keyId, material, hkdf);
  }

  public final KeyReference reference() {
    return reference;
  }

  public abstract int bits();

  /**
   * A key of its own for this use: HKDF-SHA-256 over the data key with {@link KeyUse#info}.
   *
   * @throws IllegalStateException when the material was wiped; take a {@link #lease()} first to be
   *     sure of it
   * @throws KeyConfigException it is a {@link HeldKey}
   */
  public final byte[] derive(KeyUse use, byte[] salt, byte[] context, int length) {
    acquire();
    try {
      return derived(use, salt, context, length);
    } finally {
      release();
    }
  }

  abstract byte[] derived(KeyUse use, byte[] salt, byte[] context, int length);

  /**
   * Hands the material to what wraps it under another key, the only use that needs it as it is.
   *
   * @param wrapper must neither keep nor change the array
   * @throws IllegalStateException when the material was wiped
   * @throws KeyConfigException it is a {@link HeldKey}
   */
  public final <T> T wrap(Function<byte[], T> wrapper) {
    acquire();
    try {
      return wrapper.apply(material());
    } finally {
      release();
    }
  }

  abstract byte[] material();

  abstract void wipe();

  /**
   * Keeps the key alive until the lease is closed.
   *
   * @throws IllegalStateException when the material was wiped already
   */
  public final Lease lease() {
    acquire();
    return new Lease(this);
  }

  /**
   * No cache holds this key any more: it is wiped as soon as no lease is left. Leases may still be
   * taken until then.
   */
  public final void retire() {
    int before = state.getAndUpdate(s -> s | RETIRED);
    if (before == 0) {
      wipe();
    }
  }

  /** Whether {@link #retire} was called: nothing that lives on may be derived from it any more. */
  public final boolean isRetired() {
    return state.get() < 0;
  }

  public final boolean isWiped() {
    return state.get() == RETIRED;
  }

  final void acquire() {
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

  final void release() {
    if (state.decrementAndGet() == RETIRED) {
      wipe();
    }
  }

  @Override
  public final String toString() {
    return "DataKey[" + reference + ", " + bits() + " bits, material withheld]";
  }

  /** A counted use of a key. Closing twice counts once. */
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
