package io.cassandratde.keys.cache;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyGroup;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.WrongKeyException;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keys that open data, fetched once and kept: they never expire while the node runs (docs/RULES.md
 * R20).
 *
 * <p>One fetch per key at a time, whoever asks; a failed one is remembered for a growing pause, so
 * that a thousand reads of an SSTable under a lost key are not a thousand questions to the server.
 */
final class OpeningKeys {

  /** Bound of the negative cache; data names few keys, forged headers could name many. */
  private static final int MAX_FAILURES = 10_000;

  /** Longest wait for another thread's fetch. */
  private static final Duration JOIN_LIMIT = Duration.ofSeconds(30);

  /** {@code retryAt} is of nanoTime: a wall clock that is set back must not keep a key failed. */
  private record Failure(KeyException failure, long retryAt, int count) {}

  private final ConcurrentHashMap<KeyReference, DataKey> known = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<KeyReference, CompletableFuture<DataKey>> flights =
      new ConcurrentHashMap<>();
  private final ConcurrentHashMap<KeyReference, Failure> failures = new ConcurrentHashMap<>();
  private final BiFunction<KeySpec, KeyReference, DataKey> fetch;
  private final Backoff backoff;
  private final LongSupplier nanoTime;
  private final Executor fetchers;
  private final Consumer<KeyReference> onEviction;
  private volatile boolean closed;

  final AtomicLong fetches = new AtomicLong();
  final AtomicLong failed = new AtomicLong();
  final AtomicLong refusedFromMemory = new AtomicLong();

  OpeningKeys(
      BiFunction<KeySpec, KeyReference, DataKey> fetch,
      Backoff backoff,
      LongSupplier nanoTime,
      Executor fetchers,
      Consumer<KeyReference> onEviction) {
    this.onEviction = onEviction;
    this.fetchers = fetchers;
    this.fetch = fetch;
    this.backoff = backoff;
    this.nanoTime = nanoTime;
  }

  DataKey get(KeySpec hint, KeyReference reference) {
    DataKey key = known.get(reference);
    return key != null ? key : fetchOnce(hint, reference);
  }

  /** As {@link #get}, past the memory of failures: for callers that set their own pace and wait. */
  DataKey ask(KeySpec hint, KeyReference reference) {
    DataKey key = known.get(reference);
    return key != null ? key : fetchHere(hint, reference);
  }

  /** As {@link #ask}, but an outage is waited out with growing pauses. */
  DataKey await(KeySpec hint, KeyReference reference, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    Duration pause = Duration.ofMillis(100);
    for (; ; ) {
      try {
        return ask(hint, reference);
      } catch (KeyUnavailableException outage) {
        long left = end - System.nanoTime();
        if (left <= 0 || closed) {
          throw outage;
        }
        pause(Math.min(left, pause.toNanos()), reference);
        pause = pause.compareTo(Duration.ofSeconds(1)) < 0 ? pause.multipliedBy(2) : pause;
      }
    }
  }

  private static void pause(long nanos, KeyReference reference) {
    try {
      Thread.sleep(Duration.ofNanos(nanos).toMillis() + 1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KeyUnavailableException("interrupted while waiting for " + reference);
    }
  }

  @Nullable DataKey peek(KeyReference reference) {
    return known.get(reference);
  }

  /** Keeps {@code fresh}, or wipes it when this key is here already; gives the one that stays. */
  DataKey keep(DataKey fresh) {
    DataKey there = known.putIfAbsent(fresh.reference(), fresh);
    if (there != null && there != fresh) {
      fresh.retire();
      return there;
    }
    failures.remove(fresh.reference());
    if (closed) {
      // It came too late for close() to see it.
      evict(fresh.reference());
    }
    return fresh;
  }

  private DataKey fetchOnce(KeySpec hint, KeyReference reference) {
    Failure remembered = failures.get(reference);
    if (remembered != null) {
      return afterFailure(hint, reference, remembered);
    }
    return fetchHere(hint, reference);
  }

  /**
   * Readers pay for an outage once; after that they are answered from memory, and a worker asks the
   * server again.
   */
  private DataKey afterFailure(KeySpec hint, KeyReference reference, Failure remembered) {
    if (nanoTime.getAsLong() - remembered.retryAt() >= 0) {
      if (!(remembered.failure() instanceof KeyUnavailableException)) {
        return fetchHere(hint, reference);
      }
      if (!flights.containsKey(reference)) {
        retryInBackground(hint, reference);
        DataKey key = known.get(reference);
        if (key != null) {
          return key;
        }
      }
    }
    refusedFromMemory.incrementAndGet();
    throw remembered.failure().again();
  }

  private void retryInBackground(KeySpec hint, KeyReference reference) {
    try {
      fetchers.execute(
          () -> {
            try {
              var unused = fetchHere(hint, reference);
            } catch (KeyException remembered) {
              // Stands in the memory of failures, for the next reader.
            }
          });
    } catch (RejectedExecutionException closing) {
      // The reader gets the failure that it would have got.
    }
  }

  private DataKey fetchHere(KeySpec hint, KeyReference reference) {
    CompletableFuture<DataKey> mine = new CompletableFuture<>();
    CompletableFuture<DataKey> flight = flights.putIfAbsent(reference, mine);
    if (flight != null) {
      return join(flight, reference);
    }
    try {
      DataKey key = known.get(reference);
      if (key == null) {
        key = fetchAndCheck(hint, reference);
      }
      mine.complete(key);
      return key;
    } catch (KeyException e) {
      remember(reference, e);
      mine.completeExceptionally(e);
      throw e;
    } catch (RuntimeException | Error e) {
      mine.completeExceptionally(e);
      throw e;
    } finally {
      flights.remove(reference, mine);
    }
  }

  private DataKey fetchAndCheck(KeySpec hint, KeyReference reference) {
    if (closed) {
      throw new KeyUnavailableException(
          "the key cache is closed; " + reference + " was not fetched");
    }
    fetches.incrementAndGet();
    DataKey key = fetch.apply(hint, reference);
    if (key.reference().checkValue() != reference.checkValue()) {
      int got = key.reference().checkValue();
      key.retire();
      throw new WrongKeyException(
          "%s: what gives the keys of group %s gave another key under this id (its check value is %08x). The data is not damaged: point the group at the server that made the key, or restore that server"
              .formatted(reference, KeyGroup.of(hint), got));
    }
    if (!key.reference().equals(reference)) {
      throw new IllegalStateException(
          "asked for " + reference + ", the provider made " + key.reference());
    }
    return keep(key);
  }

  private void remember(KeyReference reference, KeyException failure) {
    failed.incrementAndGet();
    if (failures.size() >= MAX_FAILURES) {
      failures.clear();
    }
    failures.compute(
        reference,
        (r, before) -> {
          int count = before == null ? 1 : before.count() + 1;
          Duration pause = backoff.pause(count);
          return new Failure(failure, nanoTime.getAsLong() + pause.toNanos(), count);
        });
  }

  private static DataKey join(CompletableFuture<DataKey> flight, KeyReference reference) {
    try {
      return flight.get(JOIN_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KeyUnavailableException("interrupted while another thread fetched " + reference);
    } catch (TimeoutException e) {
      throw new KeyUnavailableException(
          "another thread has been fetching "
              + reference
              + " for "
              + JOIN_LIMIT.toSeconds()
              + " s");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof KeyException failure) {
        throw failure.again();
      }
      throw new KeyUnavailableException("fetching " + reference + " failed", e);
    }
  }

  /** Drops a key from the cache; it is wiped when its last lease ends. */
  boolean evict(KeyReference reference) {
    DataKey key = known.remove(reference);
    if (key != null) {
      key.retire();
      onEviction.accept(reference);
    }
    return key != null;
  }

  /** As {@link #evict(KeyReference)}, whatever their check values; returns how many there were. */
  int evict(Collection<Fences.Key> keys) {
    return (int)
        Set.copyOf(known.keySet()).stream()
            .filter(reference -> keys.contains(Fences.Key.of(reference)))
            .filter(this::evict)
            .count();
  }

  void forgetFailures() {
    failures.clear();
  }

  Set<KeyReference> known() {
    return Set.copyOf(known.keySet());
  }

  int size() {
    return known.size();
  }

  int remembered() {
    return failures.size();
  }

  void close() {
    closed = true;
    known.keySet().forEach(this::evict);
  }
}
