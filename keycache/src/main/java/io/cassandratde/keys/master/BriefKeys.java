package io.cassandratde.keys.master;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUnavailableException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Keys for many uses within moments, as a node's start has one for each of its data keys: whoever
 * asks meanwhile shares one fetch, and soon after it the key is wiped.
 */
final class BriefKeys {

  private static final Duration KEPT = Duration.ofSeconds(5);

  private final Function<KeyReference, DataKey> fetch;
  private final Executor later;
  private final Map<KeyReference, CompletableFuture<DataKey>> there = new ConcurrentHashMap<>();

  BriefKeys(Function<KeyReference, DataKey> fetch) {
    this(fetch, CompletableFuture.delayedExecutor(KEPT.toMillis(), TimeUnit.MILLISECONDS));
  }

  /**
   * For tests.
   *
   * @param later runs what wipes a key
   */
  BriefKeys(Function<KeyReference, DataKey> fetch, Executor later) {
    this.fetch = fetch;
    this.later = later;
  }

  /** A failure is of those alone who asked meanwhile. */
  DataKey.Lease lease(KeyReference wanted) {
    for (; ; ) {
      CompletableFuture<DataKey> mine = new CompletableFuture<>();
      CompletableFuture<DataKey> others = there.putIfAbsent(wanted, mine);
      DataKey key = others == null ? fetched(wanted, mine) : joined(others);
      try {
        return key.lease();
      } catch (IllegalStateException wipedMeanwhile) {
        if (!key.isWiped()) {
          throw wipedMeanwhile;
        }
      }
    }
  }

  private DataKey fetched(KeyReference wanted, CompletableFuture<DataKey> mine) {
    try {
      DataKey key = fetch.apply(wanted);
      mine.complete(key);
      later.execute(() -> wipe(wanted, mine));
      return key;
    } catch (RuntimeException | Error e) {
      there.remove(wanted, mine);
      mine.completeExceptionally(e);
      throw e;
    }
  }

  /** Whoever asks from now on has it fetched. */
  void wipe() {
    there.forEach(this::wipe);
  }

  private void wipe(KeyReference wanted, CompletableFuture<DataKey> fetched) {
    if (there.remove(wanted, fetched)) {
      var unused = fetched.thenAccept(DataKey::retire);
    }
  }

  private static DataKey joined(CompletableFuture<DataKey> others) {
    try {
      return others.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof KeyException failure) {
        throw failure.again();
      }
      throw new KeyUnavailableException("another thread failed to fetch the key", e);
    }
  }
}
