package io.cassandratde.sstable.format;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyReference;
import java.security.Provider;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The sealing sessions of one key spec: bounded, striped over threads, closable; a thread that dies
 * takes none with it.
 *
 * <p>Taking is a read of the current key and one exchange on the thread's own slot: no lock, and no
 * allocation unless a session has to begin. A session out of its slot belongs to one thread, so a
 * key change may overtake a chunk that is being sealed; that chunk names the key that sealed it, as
 * every chunk does.
 */
public final class SessionPool implements AutoCloseable {

  /** How often a key may vanish between being read and being used before that is an error. */
  private static final int ATTEMPTS = 100;

  private final Supplier<DataKey> currentKey;
  private final Provider provider;
  private final SessionLimits limits;
  private final LongSupplier nanoTime;
  private final Salts salts;
  private final AtomicReferenceArray<@Nullable SealingSession> slots;
  private volatile boolean closed;

  /**
   * A pool without sessions yet.
   *
   * @param currentKey the key that seals now; asked for every chunk, so it must be cheap while a
   *     key is known
   * @param slots how many idle sessions are kept at most
   */
  public SessionPool(
      Supplier<DataKey> currentKey,
      Provider provider,
      SessionLimits limits,
      LongSupplier nanoTime,
      Salts salts,
      int slots) {
    this.currentKey = currentKey;
    this.provider = provider;
    this.limits = limits;
    this.nanoTime = nanoTime;
    this.salts = salts;
    this.slots = new AtomicReferenceArray<>(slots);
  }

  /**
   * A session under the current key that may seal so many bytes; the caller gives it back, whatever
   * happens.
   */
  public SealingSession take(int bytes) {
    for (int attempt = 1; ; attempt++) {
      if (closed) {
        throw new IllegalStateException("the pool of sealing sessions is closed");
      }
      DataKey key = currentKey.get();
      long now = nanoTime.getAsLong();
      SealingSession session = fromSlots(key, now, bytes);
      if (session == null) {
        session = begin(key, now, attempt);
      }
      if (session != null) {
        session.used(now);
        return session;
      }
    }
  }

  public void give(SealingSession session) {
    int home = home();
    if (!session.isClosed()) {
      for (int i = 0; i < slots.length(); i++) {
        int slot = (home + i) % slots.length();
        if (slots.get(slot) == null && slots.compareAndSet(slot, null, session)) {
          if (closed) {
            endAll();
          }
          return;
        }
      }
    }
    session.close();
  }

  /**
   * Ends sessions that nobody used for the idle limit, or whose key was evicted, so that their
   * subkeys do not linger.
   */
  public void sweep() {
    long now = nanoTime.getAsLong();
    for (int slot = 0; slot < slots.length(); slot++) {
      SealingSession session = slots.get(slot) == null ? null : slots.getAndSet(slot, null);
      if (session == null) {
        continue;
      }
      if (session.isIdle(now)
          || session.isOrphan()
          || closed
          || !slots.compareAndSet(slot, null, session)) {
        session.close();
      }
    }
  }

  /**
   * Ends the waiting sessions of an evicted key. One that seals right now ends at the next {@link
   * #sweep}, or when another key is current.
   */
  public void end(KeyReference reference) {
    for (int slot = 0; slot < slots.length(); slot++) {
      SealingSession session = slots.get(slot) == null ? null : slots.getAndSet(slot, null);
      if (session == null) {
        continue;
      }
      if (session.reference().equals(reference) || !slots.compareAndSet(slot, null, session)) {
        session.close();
      }
    }
  }

  /** Sessions waiting in their slots. */
  public int idleSessions() {
    int count = 0;
    for (int slot = 0; slot < slots.length(); slot++) {
      count += slots.get(slot) == null ? 0 : 1;
    }
    return count;
  }

  @Override
  public void close() {
    closed = true;
    endAll();
  }

  private void endAll() {
    for (int slot = 0; slot < slots.length(); slot++) {
      SealingSession session = slots.getAndSet(slot, null);
      if (session != null) {
        session.close();
      }
    }
  }

  private @Nullable SealingSession fromSlots(DataKey key, long now, int bytes) {
    int home = home();
    for (int i = 0; i < slots.length(); i++) {
      int slot = (home + i) % slots.length();
      SealingSession session = slots.get(slot) == null ? null : slots.getAndSet(slot, null);
      if (session != null) {
        if (session.serves(key) && session.mayGoOn(now, bytes)) {
          return session;
        }
        session.close();
      }
    }
    return null;
  }

  private @Nullable SealingSession begin(DataKey key, long now, int attempt) {
    byte[] salt = new byte[ChunkFormat.SALT_BYTES];
    salts.fill(salt);
    try {
      return new SealingSession(key, salt, provider, limits, now);
    } catch (IllegalStateException wipedMeanwhile) {
      if (attempt >= ATTEMPTS) {
        throw wipedMeanwhile;
      }
      return null;
    }
  }

  private int home() {
    long id = Thread.currentThread().getId() * 0x9E3779B97F4A7C15L;
    return (int) ((id >>> 33) % slots.length());
  }
}
