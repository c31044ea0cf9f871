package io.cassandratde.keys.cache;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUnavailableException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The current key of one spec, as sealing threads see it: one volatile read while a key is known.
 *
 * <p>Callers keep this object and ask it for every chunk; a changed {@link DataKey} object is a
 * changed key.
 */
public final class CurrentKey {

  /** A first key takes a moment; waiting longer than that is worth a word. */
  private static final Duration FIRST_CALL = Duration.ofSeconds(1);

  /** How often a waiting thread says so again. */
  private static final Duration LOUD = Duration.ofSeconds(10);

  private final KeySpec spec;
  private final Supplier<CacheSettings> settings;
  private final Clocks clocks;
  private final KeyEvents events;

  /** Starts the refresh; does nothing the second time. Never called under this object's monitor. */
  private final Runnable firstUse;

  private volatile @Nullable DataKey sealing;

  /** Keeps {@link #sealing} from being wiped; guarded by this. */
  private DataKey.@Nullable Lease hold;

  private final AtomicInteger awaiting = new AtomicInteger();
  private volatile long epoch;
  private volatile boolean closed;

  /**
   * Start of the last look at the server that succeeded, in nanoTime; before the first one, when
   * tracking began.
   */
  private volatile long fresh;

  private volatile @Nullable KeyException lastFailure;
  private volatile @Nullable KeyReference last;

  CurrentKey(
      KeySpec spec,
      Supplier<CacheSettings> settings,
      Clocks clocks,
      KeyEvents events,
      Runnable firstUse) {
    this.firstUse = firstUse;
    this.spec = spec;
    this.settings = settings;
    this.clocks = clocks;
    this.events = events;
    this.fresh = clocks.nanos();
  }

  public KeySpec spec() {
    return spec;
  }

  /** Grows with every change of the current key. */
  public long epoch() {
    return epoch;
  }

  /** The current key, or null while none is known. Never blocks. */
  public @Nullable DataKey peek() {
    return sealing;
  }

  /** The key that seals now; waits for one as {@code patience} says. */
  public DataKey get(Patience patience) {
    DataKey now = sealing;
    if (now != null && (patience == Patience.WAIT || !refusesClientWrites())) {
      return now;
    }
    // Before the refresh is started: one that is asked for a key must not go to rest meanwhile.
    awaiting.incrementAndGet();
    try {
      firstUse.run();
      return await(patience);
    } finally {
      awaiting.decrementAndGet();
    }
  }

  /** As {@link #get}, held against wiping until the lease is closed. */
  public DataKey.Lease lease(Patience patience) {
    for (; ; ) {
      DataKey key = get(patience);
      try {
        return key.lease();
      } catch (IllegalStateException wipedMeanwhile) {
        if (closed) {
          throw new KeyUnavailableException(
              "the key cache is closed; no key for " + spec, wipedMeanwhile);
        }
      }
    }
  }

  /** No successful look at the server for longer than key_cache_max_stale. */
  public boolean isStale() {
    return age().compareTo(settings.get().maxStale()) > 0;
  }

  /**
   * {@code on_stale: refuse} applies now: client writes are to be rejected up front, background
   * work goes on.
   */
  public boolean refusesClientWrites() {
    return settings.get().refuseWhenStale() && isStale();
  }

  public Duration age() {
    return Duration.ofNanos(clocks.nanos() - fresh);
  }

  @Nullable KeyReference last() {
    return last;
  }

  @Nullable KeyException lastFailure() {
    return lastFailure;
  }

  private synchronized DataKey await(Patience patience) {
    if (patience == Patience.FAIL && refusesClientWrites()) {
      throw new KeyUnavailableException(
          "on_stale: refuse: no key server of "
              + spec
              + " has confirmed the current key for "
              + age().toSeconds()
              + " s"
              + because());
    }
    long start = System.nanoTime();
    long limit = settings.get().clientWait().toNanos();
    long nextCall = FIRST_CALL.toNanos();
    for (DataKey now = sealing; ; now = sealing) {
      if (now != null) {
        return now;
      }
      if (closed) {
        throw new KeyUnavailableException("the key cache is closed; no key for " + spec);
      }
      long waited = System.nanoTime() - start;
      if (patience == Patience.FAIL && waited >= limit) {
        throw new KeyUnavailableException("no key to seal with for " + spec + because());
      }
      if (waited >= nextCall) {
        events.waiting(spec, Duration.ofNanos(waited), lastFailure);
        nextCall = waited + LOUD.toNanos();
      }
      long pause =
          patience == Patience.FAIL ? Math.min(limit, nextCall) - waited : nextCall - waited;
      try {
        TimeUnit.NANOSECONDS.timedWait(this, Math.max(pause, 1));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new KeyUnavailableException(
            "interrupted while waiting for a key for " + spec + because());
      }
    }
  }

  private String because() {
    KeyException failure = lastFailure;
    return failure == null ? "" : ": " + failure.getMessage();
  }

  /**
   * A look at the server that began at {@code started}, in nanoTime, gave this key. Returns whether
   * it is a change.
   */
  synchronized boolean confirmed(DataKey key, long started) {
    boolean change = !key.reference().equals(last);
    if (sealing != key) {
      // First, for it fails when the key was evicted meanwhile; then nothing else may have changed.
      replace(key);
      last = key.reference();
    }
    fresh = started;
    lastFailure = null;
    notifyAll();
    return change;
  }

  synchronized void failed(KeyException failure) {
    lastFailure = failure;
  }

  /**
   * The scheduled end of this key came: nothing seals until another is known. Returns whether it
   * was the current one.
   */
  synchronized boolean stop(KeyReference reference) {
    DataKey now = sealing;
    if (now == null || !now.reference().equals(reference)) {
      return false;
    }
    replace(null);
    return true;
  }

  /** Whether anybody waits for a key to seal with. */
  boolean isAwaited() {
    return awaiting.get() > 0;
  }

  /** The refresh begins: until its first look, a key counts as fresh. */
  void begin() {
    fresh = clocks.nanos();
  }

  /** The refresh ends until the next use, so what is known now must not seal then. */
  synchronized void rest() {
    lastFailure = null;
    replace(null);
  }

  synchronized void close() {
    closed = true;
    replace(null);
    notifyAll();
  }

  private synchronized void replace(@Nullable DataKey key) {
    DataKey.Lease next = key == null ? null : key.lease();
    DataKey.Lease before = hold;
    hold = next;
    sealing = key;
    epoch++;
    if (before != null) {
      before.close();
    }
  }
}
