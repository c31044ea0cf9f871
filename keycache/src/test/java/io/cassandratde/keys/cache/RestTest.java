package io.cassandratde.keys.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A spec that nothing is sealed for any more. */
class RestTest {

  private final ManualTime time = new ManualTime();
  private final MemoryProvider provider = new MemoryProvider();
  private final RecordedEvents events = new RecordedEvents();
  private final List<KeyReference> evicted = new ArrayList<>();
  private final AtomicBoolean hold = new AtomicBoolean();
  private final List<Runnable> held = new ArrayList<>();
  private final KeyCache cache =
      KeyCache.builder(provider)
          .settings(CacheSettings.DEFAULTS.withMaxStale(Duration.ofHours(1), false))
          .clock(time)
          .nanoTime(time::nanos)
          .timer(time)
          .workers(task -> start(task))
          .random(new Random(1))
          .events(events)
          .build();
  private final CurrentKey current = cache.current(KeyCacheTest.SPEC);

  RestTest() {
    var unused = cache.onEviction(evicted::add);
  }

  private void start(Runnable task) {
    if (hold.get()) {
      held.add(task);
    } else {
      task.run();
    }
  }

  private String sealing() {
    return current.get(Patience.FAIL).reference().keyId();
  }

  @Test
  void it_is_looked_after_no_more_and_its_key_still_opens() {
    KeyReference key = provider.rotate("a");
    DataKey sealing = current.get(Patience.FAIL);
    cache.rest(KeyCacheTest.SPEC);
    int looks = provider.looks.get();
    time.advance(Duration.ofDays(2));
    cache.refreshNow().join();
    assertThat(provider.looks).hasValue(looks);
    assertThat(time.pending()).as("no timer is left").isZero();
    assertThat(events.of("stale")).isEmpty();
    assertThat(cache.stats().current()).isEmpty();
    assertThat(cache.stats(KeyCacheTest.SPEC)).isNull();
    assertThat(cache.openingKey(KeyCacheTest.SPEC, key)).isSameAs(sealing);
    assertThat(provider.fetches).as("from memory").hasValue(0);
  }

  /** Nothing is sealed under what was current before: it may be revoked by now. */
  @Test
  void asked_for_a_key_again_it_looks_first() {
    provider.rotate("a");
    assertThat(sealing()).isEqualTo("a");
    cache.rest(KeyCacheTest.SPEC);
    time.advance(Duration.ofDays(2));
    provider.rotate("b");
    assertThat(sealing()).isEqualTo("b");
    assertThat(events.seen).containsExactly("changed none to a", "changed a to b");
    assertThat(cache.stats().current())
        .singleElement()
        .satisfies(now -> assertThat(now.age()).isZero());
    provider.rotate("c");
    time.advance(Duration.ofMinutes(5));
    assertThat(sealing()).isEqualTo("c");
  }

  @Test
  void a_failed_first_look_afterwards_is_no_stale_key() {
    provider.rotate("a");
    assertThat(sealing()).isEqualTo("a");
    cache.rest(KeyCacheTest.SPEC);
    time.advance(Duration.ofDays(2));
    provider.outage = new KeyUnavailableException("down");
    cache.track(KeyCacheTest.SPEC);
    assertThat(current.peek()).isNull();
    time.advance(Duration.ofMinutes(30));
    assertThat(events.of("stale")).isEmpty();
  }

  @Test
  void a_look_on_its_way_meanwhile_neither_seals_nor_takes_a_key_from_readers() {
    KeyReference key = provider.rotate("a");
    assertThat(sealing()).isEqualTo("a");
    hold.set(true);
    var look = cache.refreshNow();
    cache.rest(KeyCacheTest.SPEC);
    assertThat(look).isCompleted();
    held.forEach(Runnable::run);
    assertThat(current.peek()).isNull();
    assertThat(time.pending()).isZero();
    assertThat(evicted).isEmpty();
    assertThat(cache.openingKey(KeyCacheTest.SPEC, key).isRetired()).isFalse();
    hold.set(false);
    assertThat(sealing()).isEqualTo("a");
  }

  /** A flush that waits through an outage, of a table that is being dropped: it must end. */
  @Test
  void it_does_not_rest_while_somebody_waits_for_a_key() throws Exception {
    provider.outage = new KeyUnavailableException("down");
    CompletableFuture<DataKey> flush =
        CompletableFuture.supplyAsync(() -> current.get(Patience.WAIT));
    assertThat(events.waiting.await(10, TimeUnit.SECONDS)).isTrue();
    cache.rest(KeyCacheTest.SPEC);
    provider.outage = null;
    provider.rotate("a");
    time.advance(Duration.ofSeconds(31));
    assertThat(flush.get(10, TimeUnit.SECONDS).reference().keyId()).isEqualTo("a");
    cache.rest(KeyCacheTest.SPEC);
    assertThat(current.peek()).as("nobody waits now").isNull();
  }

  @Test
  void a_spec_that_was_never_used_may_rest_too() {
    cache.rest(KeyCacheTest.SPEC);
    provider.rotate("a");
    assertThat(sealing()).isEqualTo("a");
  }

  @Test
  void a_key_that_comes_after_the_cache_was_closed_is_wiped() {
    KeyReference key = provider.rotate("a");
    hold.set(true);
    cache.track(KeyCacheTest.SPEC);
    cache.close();
    held.forEach(Runnable::run);
    assertThat(evicted).containsExactly(key);
    assertThat(cache.stats().openingKeys()).isZero();
  }
}
