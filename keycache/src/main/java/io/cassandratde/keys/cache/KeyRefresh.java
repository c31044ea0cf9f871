package io.cassandratde.keys.cache;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeptKey;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyProvider;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one current key fresh. Looks at the server follow each other by timer, counted from start
 * to start, so that key_cache_millis plus the time-out is the longest that a revoked key can still
 * seal (docs/RULES.md R19).
 *
 * <p>A scheduled end of the key is a fact, not staleness: it is honoured at that moment, server or
 * no server (R16 before R20). The provider makes the successor ahead of time, so that sealing stops
 * only in an outage that spans the date.
 */
final class KeyRefresh {

  /**
   * Timers reach no further and look at the clock again: dates may be centuries away, clocks may be
   * set.
   */
  private static final Duration LONGEST_TIMER = Duration.ofDays(1);

  private final KeySpec spec;
  private final CurrentKey current;
  private final KeyProvider provider;
  private final OpeningKeys opening;
  private final Supplier<CacheSettings> settings;
  private final Backoff backoff;
  private final Clocks clocks;
  private final Timer timer;
  private final Executor workers;
  private final KeyEvents events;

  // All guarded by this.
  private boolean started;
  private boolean running;
  private boolean closed;
  private int failuresInARow;
  private long looks;
  private long failures;
  private List<CompletableFuture<Void>> asked = new ArrayList<>();
  private Timer.@Nullable Scheduled next;
  private Timer.@Nullable Scheduled end;
  private Timer.@Nullable Scheduled staleCheck;

  KeyRefresh(
      CurrentKey current,
      KeyProvider provider,
      OpeningKeys opening,
      Supplier<CacheSettings> settings,
      Backoff backoff,
      Clocks clocks,
      Timer timer,
      Executor workers,
      KeyEvents events) {
    this.spec = current.spec();
    this.current = current;
    this.provider = provider;
    this.opening = opening;
    this.settings = settings;
    this.backoff = backoff;
    this.clocks = clocks;
    this.timer = timer;
    this.workers = workers;
    this.events = events;
  }

  /**
   * Completes after a look at the server that began after this call, whether it succeeded or not.
   */
  CompletableFuture<Void> request() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    synchronized (this) {
      if (!isActive()) {
        done.complete(null);
        return done;
      }
      asked.add(done);
      if (staleCheck == null) {
        armStaleCheck();
      }
      if (running) {
        return done;
      }
      running = true;
      cancel(next);
    }
    try {
      workers.execute(this::run);
    } catch (Throwable e) {
      // No thread to be had, or the cache closes: a later timer tries again.
      notStarted(e);
    }
    return done;
  }

  private void notStarted(Throwable cause) {
    Duration pause = failed(unexpected(cause));
    List<CompletableFuture<Void>> unserved;
    synchronized (this) {
      running = false;
      unserved = asked;
      asked = new ArrayList<>();
      if (isActive()) {
        next = timer.schedule(pause, this::requestUnasked);
      }
    }
    unserved.forEach(f -> f.complete(null));
  }

  /** The first look, unless there was one. */
  void start() {
    synchronized (this) {
      if (started) {
        return;
      }
      started = true;
      current.begin();
    }
    requestUnasked();
  }

  synchronized boolean isStarted() {
    return started;
  }

  /** Call under the lock. */
  private boolean isActive() {
    return started && !closed;
  }

  /**
   * No more looks until a key is asked for again, which then waits for one. Nothing happens while
   * somebody waits for a key.
   */
  void rest() {
    List<CompletableFuture<Void>> waiting;
    synchronized (this) {
      if (!isActive() || current.isAwaited()) {
        return;
      }
      started = false;
      failuresInARow = 0;
      waiting = endLooks();
      current.rest();
    }
    waiting.forEach(f -> f.complete(null));
  }

  /** Gives those who asked for a look. Call under the lock. */
  private List<CompletableFuture<Void>> endLooks() {
    cancel(next);
    cancel(end);
    cancel(staleCheck);
    staleCheck = null;
    List<CompletableFuture<Void>> waiting = asked;
    asked = new ArrayList<>();
    return waiting;
  }

  private void requestUnasked() {
    // The outcome shows in events and stats; nobody waits for this one.
    var unused = request();
  }

  private void run() {
    for (; ; ) {
      List<CompletableFuture<Void>> served;
      synchronized (this) {
        served = asked;
        asked = new ArrayList<>();
      }
      long started = clocks.nanos();
      Duration pause = look(started);
      boolean done;
      synchronized (this) {
        done = asked.isEmpty() || !isActive();
        if (done) {
          running = false;
          served.addAll(asked);
          asked = new ArrayList<>();
          if (isActive()) {
            Duration left = pause.minusNanos(clocks.nanos() - started);
            next = timer.schedule(left.isNegative() ? Duration.ZERO : left, this::requestUnasked);
          }
        }
      }
      served.forEach(f -> f.complete(null));
      if (done) {
        return;
      }
    }
  }

  /** One look at the server; returns the longest pause from its start to the next one. */
  private Duration look(long started) {
    try {
      return ask(started);
    } catch (Throwable e) {
      // Neither a bug nor an Error may end the refresh for ever, or look like a healthy key server.
      return failed(unexpected(e));
    }
  }

  private Duration ask(long started) {
    try {
      KeyProvider.SealingKey found = provider.current(spec, current.last());
      use(found, started);
      return backoff.jittered(settings.get().refresh());
    } catch (KeyProvider.LastKeyEndedException e) {
      KeyReference ended = current.last();
      if (ended != null && current.stop(ended)) {
        events.sealingStopped(
            spec, ended, "the key server says that it was revoked, expired or destroyed");
      }
      return failed(e.failure());
    } catch (KeyException e) {
      if (e instanceof KeyUnavailableException outage && outage.nobodyAsked()) {
        resumeKept();
      }
      return failed(e);
    }
  }

  /** Only while no key seals: what this process learned from a server is newer than any file. */
  private void resumeKept() {
    KeptKey kept = current.peek() == null ? provider.kept(spec) : null;
    if (kept == null) {
      return;
    }
    Instant now = clocks.wall().instant();
    DataKey key = opening.keep(kept.sealing().key());
    if (!kept.maySeal(now)) {
      return;
    }
    Duration age = kept.age(now, settings.get().maxStale().plusMillis(1));
    synchronized (this) {
      if (!isActive()) {
        return;
      }
      var unused = current.confirmed(key, clocks.nanos() - age.toNanos());
      arm(key.reference(), kept.sealing().sealUntil());
      armStaleCheck();
    }
    events.resumed(spec, key.reference(), age);
    if (current.isStale()) {
      events.stale(spec, age, current.refusesClientWrites());
    }
  }

  private KeyException unexpected(Throwable cause) {
    return new KeyUnavailableException("unexpected failure of the key refresh for " + spec, cause);
  }

  private void use(KeyProvider.SealingKey found, long started) {
    KeyReference before = current.last();
    DataKey key = opening.keep(found.key());
    synchronized (this) {
      if (!isActive()) {
        return;
      }
      boolean change = current.confirmed(key, started);
      looks++;
      int recoveredFrom = failuresInARow;
      failuresInARow = 0;
      arm(key.reference(), found.sealUntil());
      if (change) {
        events.currentKeyChanged(spec, before, key.reference(), found.reason());
      }
      if (recoveredFrom > 0) {
        events.recovered(spec, recoveredFrom);
      }
    }
  }

  private Duration failed(KeyException failure) {
    int count;
    synchronized (this) {
      if (!isActive()) {
        return settings.get().refresh();
      }
      failures++;
      count = ++failuresInARow;
    }
    current.failed(failure);
    events.refreshFailed(spec, count, failure);
    Duration pause = backoff.pause(count);
    Duration regular = backoff.jittered(settings.get().refresh());
    return pause.compareTo(regular) < 0 ? pause : regular;
  }

  /** Call under the lock. */
  private void arm(KeyReference reference, @Nullable Instant sealUntil) {
    cancel(end);
    if (sealUntil != null) {
      armEnd(reference, sealUntil);
    }
  }

  /** Call under the lock. */
  private void armEnd(KeyReference reference, Instant sealUntil) {
    Duration left = Duration.between(clocks.wall().instant(), sealUntil);
    end = timer.schedule(bounded(left), () -> ended(reference, sealUntil));
  }

  private void ended(KeyReference reference, Instant sealUntil) {
    synchronized (this) {
      if (!isActive()) {
        return;
      }
      if (clocks.wall().instant().isBefore(sealUntil)) {
        armEnd(reference, sealUntil);
        return;
      }
    }
    if (current.stop(reference)) {
      events.sealingStopped(
          spec, reference, "its scheduled end on the key server, " + sealUntil + ", has come");
    }
    requestUnasked();
  }

  /**
   * A timer of its own: looks that hang, or never come, raise the alarm too. Call under the lock.
   */
  private void armStaleCheck() {
    cancel(staleCheck);
    Duration left = settings.get().maxStale().minus(current.age()).plusMillis(1);
    Duration wait = current.isStale() ? settings.get().refresh() : left;
    staleCheck = timer.schedule(bounded(wait), this::checkStale);
  }

  private void checkStale() {
    synchronized (this) {
      if (!isActive()) {
        return;
      }
      armStaleCheck();
    }
    if (current.isStale()) {
      events.stale(spec, current.age(), current.refusesClientWrites());
    }
  }

  private static Duration bounded(Duration delay) {
    if (delay.isNegative()) {
      return Duration.ZERO;
    }
    return delay.compareTo(LONGEST_TIMER) < 0 ? delay : LONGEST_TIMER;
  }

  synchronized void limitsChanged() {
    if (staleCheck != null) {
      armStaleCheck();
    }
  }

  synchronized KeyStats.Current stats() {
    KeyException failure = current.lastFailure();
    return new KeyStats.Current(
        spec,
        current.last(),
        current.peek() != null,
        current.age(),
        current.isStale(),
        looks,
        failures,
        failuresInARow,
        failure == null ? null : failure.getMessage());
  }

  void close() {
    List<CompletableFuture<Void>> waiting;
    synchronized (this) {
      closed = true;
      waiting = endLooks();
    }
    waiting.forEach(f -> f.complete(null));
    current.close();
  }

  private static void cancel(Timer.@Nullable Scheduled task) {
    if (task != null) {
      task.cancel();
    }
  }
}
