package io.cassandratde.keys.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.KeyUse;
import io.cassandratde.keys.WrongKeyException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Opening keys: one fetch, check values, remembered failures, eviction (docs/RULES.md R2, R3, R20).
 */
class OpeningKeysTest {

  private static final KeySpec SPEC = KeyCacheTest.SPEC;
  private final ManualTime time = new ManualTime();
  private final MemoryProvider provider = new MemoryProvider();
  private final KeyCache cache =
      KeyCache.builder(provider)
          .clock(time)
          .nanoTime(time::nanos)
          .timer(time)
          .workers(Runnable::run)
          .random(new Random(1))
          .events(new RecordedEvents())
          .build();

  @Test
  void many_readers_cause_one_fetch() throws Exception {
    KeyReference reference = provider.rotate("a");
    int readers = 16;
    CountDownLatch started = new CountDownLatch(readers);
    provider.onFetch = () -> await(started);
    ExecutorService threads = Executors.newFixedThreadPool(readers);
    try {
      Callable<DataKey> read =
          () -> {
            started.countDown();
            return cache.openingKey(SPEC, reference);
          };
      List<Future<DataKey>> results = new ArrayList<>();
      for (int i = 0; i < readers; i++) {
        results.add(threads.submit(read));
      }
      for (Future<DataKey> result : results) {
        assertThat(result.get(60, TimeUnit.SECONDS)).isSameAs(cache.openingKey(SPEC, reference));
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(provider.fetches).hasValue(1);
  }

  @Test
  void another_key_under_the_same_id_is_a_wrong_key_and_not_kept() {
    KeyReference reference = provider.rotate("a");
    provider.replaceMaterial("a");
    assertThatThrownBy(() -> cache.openingKey(SPEC, reference))
        .isInstanceOf(WrongKeyException.class)
        .hasMessageContaining("vault")
        .hasMessageContaining("a");
    assertThat(cache.stats().openingKeys()).isZero();
  }

  @Test
  void a_missing_key_is_asked_for_again_only_after_growing_pauses() {
    KeyReference reference = new KeyReference(SPEC.groupTag(), "gone", 1);
    for (int i = 0; i < 1000; i++) {
      assertThatThrownBy(() -> cache.openingKey(SPEC, reference))
          .isInstanceOf(KeyNotFoundException.class);
    }
    assertThat(provider.fetches).hasValue(1);
    for (int second = 0; second < 120; second++) {
      time.advance(Duration.ofSeconds(1));
      assertThatThrownBy(() -> cache.openingKey(SPEC, reference))
          .isInstanceOf(KeyNotFoundException.class);
    }
    // 0.5, 1, 2, 4, 8, 16, 30, 30, 30 seconds, less jitter and rounded up to whole seconds.
    assertThat(provider.fetches.get()).isBetween(8, 12);
    assertThat(cache.stats().refusedFromMemory()).isGreaterThan(1000);
  }

  @Test
  void a_wall_clock_that_is_set_back_keeps_no_key_failed() {
    KeyReference reference = provider.rotate("a");
    KeyReference gone = new KeyReference(SPEC.groupTag(), "gone", 1);
    provider.outage = new KeyNotFoundException("not there yet");
    assertThatThrownBy(() -> cache.openingKey(SPEC, reference))
        .isInstanceOf(KeyNotFoundException.class);
    provider.outage = null;
    time.shiftWallClock(Duration.ofHours(-1));
    time.advance(Duration.ofSeconds(1));
    assertThat(cache.openingKey(SPEC, reference).reference()).isEqualTo(reference);
    assertThatThrownBy(() -> cache.openingKey(SPEC, gone)).isInstanceOf(KeyNotFoundException.class);
    time.shiftWallClock(Duration.ofHours(2));
    assertThatThrownBy(() -> cache.openingKey(SPEC, gone)).isInstanceOf(KeyNotFoundException.class);
    assertThat(provider.fetches).as("nor does one set ahead cut the pause short").hasValue(3);
  }

  @Test
  void who_derives_from_a_key_hears_of_its_eviction_once_it_is_retired() {
    KeyReference first = provider.rotate("a");
    KeyReference second = provider.rotate("b");
    DataKey key = cache.openingKey(SPEC, first);
    List<KeyReference> heard = new ArrayList<>();
    Runnable stop =
        cache.onEviction(
            reference -> {
              assertThat(key.isRetired()).isTrue();
              heard.add(reference);
            });
    assertThat(cache.evict(second)).as("it is not here").isFalse();
    assertThat(cache.evict(first)).isTrue();
    assertThat(heard).containsExactly(first);
    var again = cache.openingKey(SPEC, first);
    assertThat(again.isRetired()).isFalse();
    stop.run();
    cache.evict(first);
    assertThat(heard).hasSize(1);
  }

  @Test
  void an_outage_is_over_for_readers_once_the_pause_is_over_or_a_refresh_is_asked_for() {
    KeyReference reference = provider.rotate("a");
    provider.outage = new KeyUnavailableException("down");
    assertThatThrownBy(() -> cache.openingKey(SPEC, reference))
        .isInstanceOf(KeyUnavailableException.class);
    provider.outage = null;
    assertThatThrownBy(() -> cache.openingKey(SPEC, reference))
        .isInstanceOf(KeyUnavailableException.class);
    cache.refreshNow().join();
    assertThat(cache.openingKey(SPEC, reference).reference()).isEqualTo(reference);
  }

  @Test
  void after_a_first_outage_readers_never_wait_for_the_server_again() {
    KeyReference reference = provider.rotate("a");
    List<Runnable> background = new ArrayList<>();
    KeyCache lazy =
        KeyCache.builder(provider)
            .clock(time)
            .nanoTime(time::nanos)
            .timer(time)
            .workers(background::add)
            .random(new Random(1))
            .events(new RecordedEvents())
            .build();
    provider.outage = new KeyUnavailableException("down");
    assertThatThrownBy(() -> lazy.openingKey(SPEC, reference))
        .isInstanceOf(KeyUnavailableException.class);
    time.advance(Duration.ofMinutes(1));
    assertThatThrownBy(() -> lazy.openingKey(SPEC, reference))
        .isInstanceOf(KeyUnavailableException.class);
    assertThat(provider.fetches).as("the second reader did not ask").hasValue(1);
    provider.outage = null;
    background.forEach(Runnable::run);
    assertThat(lazy.openingKey(SPEC, reference).reference()).isEqualTo(reference);
  }

  @Test
  void known_keys_never_expire() {
    KeyReference reference = provider.rotate("a");
    DataKey key = cache.openingKey(SPEC, reference);
    provider.outage = new KeyUnavailableException("down");
    time.advance(Duration.ofDays(365));
    assertThat(cache.openingKey(SPEC, reference)).isSameAs(key);
  }

  @Test
  void start_up_waits_for_a_server_that_comes_late() {
    KeyReference reference = provider.rotate("a");
    provider.outage = new KeyUnavailableException("down");
    AtomicInteger calls = new AtomicInteger();
    provider.onFetch =
        () -> {
          if (calls.incrementAndGet() == 2) {
            provider.outage = null;
          }
        };
    KeyCache impatient =
        KeyCache.builder(provider)
            .settings(
                new CacheSettings(
                    Duration.ofMinutes(5),
                    Duration.ofHours(1),
                    false,
                    Duration.ZERO,
                    Duration.ofMillis(1),
                    Duration.ofMillis(1)))
            .events(new RecordedEvents())
            .build();
    assertThat(impatient.awaitOpeningKey(SPEC, reference, Duration.ofMinutes(2)).reference())
        .isEqualTo(reference);
    KeyReference gone = new KeyReference(SPEC.groupTag(), "gone", 1);
    assertThatThrownBy(() -> impatient.awaitOpeningKey(SPEC, gone, Duration.ofDays(1)))
        .isInstanceOf(KeyNotFoundException.class);
    provider.outage = new KeyUnavailableException("down");
    assertThatThrownBy(
            () ->
                impatient.awaitOpeningKey(
                    SPEC, new KeyReference(SPEC.groupTag(), "b", 1), Duration.ZERO))
        .isInstanceOf(KeyUnavailableException.class);
    impatient.close();
  }

  @Test
  void continuous_eviction_under_load_never_shows_wiped_material() throws Exception {
    List<KeyReference> references = new ArrayList<>();
    List<byte[]> expected = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      references.add(provider.rotate("key" + i));
      expected.add(
          cache
              .openingKey(SPEC, references.get(i))
              .derive(KeyUse.CHUNK, new byte[16], new byte[0], 32));
    }
    CurrentKey current = cache.current(SPEC);
    byte[] currentExpected = expected.get(3);
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger derived = new AtomicInteger();
    AtomicInteger evicted = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int t = 0; t < 3; t++) {
        int seed = t;
        all.add(
            threads.submit(
                () ->
                    derive(
                        new Random(seed),
                        references,
                        expected,
                        current,
                        currentExpected,
                        derived,
                        stop)));
      }
      all.add(
          threads.submit(
              () -> {
                while (!stop.get()) {
                  references.forEach(r -> evicted.addAndGet(cache.evict(r) ? 1 : 0));
                }
              }));
      while ((derived.get() < 20_000 || evicted.get() < 100)
          && all.stream().noneMatch(Future::isDone)) {
        LockSupport.parkNanos(1_000_000);
      }
      stop.set(true);
      for (Future<?> one : all) {
        one.get(60, TimeUnit.SECONDS);
      }
    } finally {
      stop.set(true);
      threads.shutdownNow();
    }
    assertThat(evicted.get()).isGreaterThanOrEqualTo(100);
  }

  private void derive(
      Random random,
      List<KeyReference> references,
      List<byte[]> expected,
      CurrentKey current,
      byte[] currentExpected,
      AtomicInteger derived,
      AtomicBoolean stop) {
    while (!stop.get()) {
      int i = random.nextInt(references.size());
      try (DataKey.Lease lease = cache.openingLease(SPEC, references.get(i))) {
        assertThat(lease.key().derive(KeyUse.CHUNK, new byte[16], new byte[0], 32))
            .isEqualTo(expected.get(i));
      }
      try (DataKey.Lease lease = current.lease(Patience.WAIT)) {
        assertThat(lease.key().derive(KeyUse.CHUNK, new byte[16], new byte[0], 32))
            .isEqualTo(currentExpected);
      }
      derived.incrementAndGet();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(60, TimeUnit.SECONDS)) {
        throw new AssertionError("readers did not start");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
