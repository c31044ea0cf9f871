package io.cassandratde.keys.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Current keys: refresh by timer, scheduled ends, outages (docs/RULES.md R16, R19, R20). */
class KeyCacheTest {

  static final KeySpec SPEC = KeySpec.kmip("vault", "ns", CipherSpec.AES_256);
  private static final Duration REFRESH = Duration.ofMinutes(5);

  private final ManualTime time = new ManualTime();
  private final MemoryProvider provider = new MemoryProvider();
  private final RecordedEvents events = new RecordedEvents();

  private KeyCache cache(CacheSettings settings) {
    return KeyCache.builder(provider)
        .settings(settings.withRefresh(REFRESH).withClientWait(Duration.ZERO))
        .clock(time)
        .nanoTime(time::nanos)
        .timer(time)
        .workers(Runnable::run)
        .random(new Random(1))
        .events(events)
        .build();
  }

  private KeyCache cache() {
    return cache(CacheSettings.DEFAULTS);
  }

  private static CurrentKey tracked(KeyCache cache) {
    cache.track(SPEC);
    return cache.current(SPEC);
  }

  @Test
  void nothing_goes_to_a_server_before_a_key_is_asked_for() {
    provider.rotate("a");
    KeyCache cache = cache();
    CurrentKey current = cache.current(SPEC);
    time.advance(REFRESH.multipliedBy(3));
    cache.refreshNow().join();
    assertThat(current.peek()).isNull();
    assertThat(provider.looks).hasValue(0);
    assertThat(current.get(Patience.WAIT).reference().keyId()).isEqualTo("a");
  }

  @Test
  void an_idle_spec_changes_its_key_within_key_cache_millis() {
    provider.rotate("a");
    CurrentKey current = tracked(cache());
    DataKey first = current.get(Patience.FAIL);
    assertThat(first.reference().keyId()).isEqualTo("a");
    long epoch = current.epoch();
    provider.rotate("b");
    time.advance(REFRESH);
    assertThat(current.get(Patience.FAIL).reference().keyId()).isEqualTo("b");
    assertThat(current.epoch()).isGreaterThan(epoch);
    assertThat(events.seen).containsExactly("changed none to a", "changed a to b");
    assertThat(first.isWiped()).isFalse();
  }

  @Test
  void a_refresh_that_finds_the_same_key_keeps_the_object_and_says_nothing() {
    provider.rotate("a");
    CurrentKey current = tracked(cache());
    DataKey first = current.get(Patience.FAIL);
    time.advance(REFRESH.multipliedBy(10));
    assertThat(provider.looks.get()).isGreaterThanOrEqualTo(11);
    assertThat(current.get(Patience.FAIL)).isSameAs(first);
    assertThat(events.seen).containsExactly("changed none to a");
  }

  @Test
  void nodes_do_not_refresh_in_step() {
    provider.rotate("a");
    cache().track(SPEC);
    int earliest = 0;
    for (int second = 1; second <= REFRESH.toSeconds() && earliest == 0; second++) {
      time.advance(Duration.ofSeconds(1));
      earliest = provider.looks.get() > 1 ? second : 0;
    }
    assertThat(earliest).isBetween(225, 299);
  }

  @Test
  void refresh_on_demand_looks_at_once() {
    provider.rotate("a");
    KeyCache cache = cache();
    CurrentKey current = tracked(cache);
    provider.rotate("b");
    cache.refreshNow().join();
    assertThat(current.get(Patience.FAIL).reference().keyId()).isEqualTo("b");
    assertThat(time.pending()).as("one timer for looks, one for the alarm").isEqualTo(2);
  }

  @Test
  void an_outage_keeps_sealing_under_the_last_key_and_alarms_past_max_stale() {
    provider.rotate("a");
    KeyCache cache = cache(CacheSettings.DEFAULTS.withMaxStale(Duration.ofHours(1), false));
    CurrentKey current = tracked(cache);
    provider.outage = new KeyUnavailableException("all hosts down");
    time.advance(Duration.ofMinutes(50));
    assertThat(events.of("stale")).isEmpty();
    time.advance(Duration.ofMinutes(20));
    assertThat(events.of("stale")).isNotEmpty().containsOnly("stale keep");
    assertThat(current.get(Patience.FAIL).reference().keyId()).isEqualTo("a");
    KeyStats.Current stats = cache.stats().current().get(0);
    assertThat(stats.stale()).isTrue();
    assertThat(stats.failuresInARow()).isGreaterThan(1);
    assertThat(stats.lastFailure()).contains("all hosts down");

    provider.outage = null;
    provider.rotate("b");
    time.advance(Duration.ofSeconds(31));
    assertThat(current.get(Patience.FAIL).reference().keyId()).isEqualTo("b");
    assertThat(events.of("recovered")).hasSize(1);
    assertThat(cache.stats().current().get(0).stale()).isFalse();
  }

  @Test
  void on_stale_refuse_rejects_clients_and_lets_flushes_finish() {
    provider.rotate("a");
    CurrentKey current =
        tracked(cache(CacheSettings.DEFAULTS.withMaxStale(Duration.ofHours(1), true)));
    provider.outage = new KeyUnavailableException("all hosts down");
    time.advance(Duration.ofHours(1).minusSeconds(1));
    assertThat(current.refusesClientWrites()).isFalse();
    assertThat(current.get(Patience.FAIL).reference().keyId()).isEqualTo("a");
    time.advance(Duration.ofMinutes(10));
    assertThat(current.refusesClientWrites()).isTrue();
    assertThatThrownBy(() -> current.get(Patience.FAIL))
        .isInstanceOf(KeyUnavailableException.class)
        .hasMessageContaining("on_stale: refuse")
        .hasMessageContaining("all hosts down");
    assertThat(current.get(Patience.WAIT).reference().keyId()).isEqualTo("a");
    assertThat(events.seen).contains("stale refuse");
    provider.outage = null;
    time.advance(Duration.ofSeconds(31));
    assertThat(current.get(Patience.FAIL).reference().keyId()).isEqualTo("a");
  }

  @Test
  void failed_refreshes_back_off_up_to_the_limit() {
    provider.rotate("a");
    cache().track(SPEC);
    provider.outage = new KeyUnavailableException("down");
    time.advance(REFRESH);
    provider.looks.set(0);
    time.advance(Duration.ofMinutes(10));
    // 30 s at most and three quarters of that at least: 20 to 27 looks in ten minutes, plus the
    // first short ones.
    assertThat(provider.looks.get()).isBetween(20, 34);
  }

  @Test
  void a_scheduled_end_is_honoured_at_that_moment_even_in_an_outage() {
    provider.rotate("a");
    provider.sealUntil = time.instant().plus(Duration.ofMinutes(2));
    CurrentKey current = tracked(cache());
    provider.outage = new KeyUnavailableException("down");
    time.advance(Duration.ofSeconds(119));
    assertThat(current.get(Patience.FAIL).reference().keyId()).isEqualTo("a");
    time.advance(Duration.ofSeconds(1));
    assertThat(current.peek()).isNull();
    assertThat(events.seen).contains("stopped a");
    assertThatThrownBy(() -> current.get(Patience.FAIL)).hasMessageContaining("down");
    provider.outage = null;
    provider.rotate("b");
    time.advance(Duration.ofSeconds(31));
    assertThat(current.get(Patience.FAIL).reference().keyId()).isEqualTo("b");
  }

  @Test
  void a_scheduled_end_with_the_server_there_goes_straight_to_the_next_key() {
    provider.rotate("a");
    provider.sealUntil = time.instant().plus(Duration.ofMinutes(2));
    CurrentKey current = tracked(cache());
    provider.rotate("b");
    time.advance(Duration.ofMinutes(2));
    assertThat(current.get(Patience.FAIL).reference().keyId()).isEqualTo("b");
  }

  @Test
  void an_end_that_was_lifted_does_not_stop_the_key() {
    provider.rotate("a");
    provider.sealUntil = time.instant().plus(Duration.ofMinutes(7));
    CurrentKey current = tracked(cache());
    provider.sealUntil = null;
    time.advance(Duration.ofMinutes(6));
    provider.outage = new KeyUnavailableException("down");
    time.advance(Duration.ofMinutes(10));
    assertThat(current.get(Patience.FAIL).reference().keyId()).isEqualTo("a");
  }

  @Test
  void a_revoked_key_without_a_successor_stops_sealing_though_an_outage_would_not() {
    provider.rotate("a");
    CurrentKey current = tracked(cache());
    provider.ended = new KeyUnavailableException("quota");
    time.advance(REFRESH);
    assertThat(current.peek()).isNull();
    assertThat(events.of("stopped")).containsExactly("stopped a");
    assertThatThrownBy(() -> current.get(Patience.FAIL)).hasMessageContaining("quota");
    provider.ended = null;
    provider.rotate("b");
    time.advance(Duration.ofSeconds(31));
    assertThat(current.get(Patience.FAIL).reference().keyId()).isEqualTo("b");
  }

  @Test
  void an_end_that_is_centuries_away_is_as_good_as_none() {
    provider.rotate("a");
    provider.sealUntil = Instant.parse("9999-12-31T23:59:59Z");
    CurrentKey current = tracked(cache());
    time.advance(Duration.ofDays(3));
    assertThat(current.get(Patience.FAIL).reference().keyId()).isEqualTo("a");
  }

  @Test
  void the_timer_takes_any_delay() {
    try (ThreadTimer timer = new ThreadTimer()) {
      timer
          .schedule(
              Duration.between(Instant.EPOCH, Instant.parse("9999-12-31T23:59:59Z")), () -> {})
          .cancel();
    }
  }

  private KeyCache cacheWith(Executor workers) {
    return KeyCache.builder(provider)
        .settings(
            CacheSettings.DEFAULTS.withRefresh(REFRESH).withMaxStale(Duration.ofHours(1), false))
        .clock(time)
        .nanoTime(time::nanos)
        .timer(time)
        .workers(workers)
        .random(new Random(1))
        .events(events)
        .build();
  }

  @Test
  void an_error_in_a_look_does_not_end_the_refresh() {
    provider.rotate("a");
    CurrentKey current = tracked(cache());
    current.get(Patience.FAIL);
    provider.error = new NoClassDefFoundError("gone");
    time.advance(REFRESH);
    provider.error = null;
    provider.rotate("b");
    time.advance(REFRESH);
    assertThat(current.get(Patience.FAIL).reference().keyId()).isEqualTo("b");
  }

  @Test
  void a_look_that_finds_no_thread_is_made_later() {
    provider.rotate("a");
    AtomicBoolean threads = new AtomicBoolean(true);
    KeyCache cache =
        cacheWith(
            task -> {
              if (!threads.get()) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              task.run();
            });
    CurrentKey current = tracked(cache);
    assertThat(current.get(Patience.FAIL).reference().keyId()).isEqualTo("a");
    threads.set(false);
    time.advance(REFRESH);
    threads.set(true);
    provider.rotate("b");
    time.advance(REFRESH);
    assertThat(current.get(Patience.FAIL).reference().keyId()).isEqualTo("b");
    assertThat(cache.refreshNow()).isCompleted();
  }

  @Test
  void looks_that_hang_raise_the_stale_alarm_too() {
    provider.rotate("a");
    List<Runnable> hanging = new ArrayList<>();
    AtomicBoolean hang = new AtomicBoolean();
    KeyCache cache =
        cacheWith(
            task -> {
              if (hang.get()) {
                hanging.add(task);
              } else {
                task.run();
              }
            });
    cache.current(SPEC).get(Patience.FAIL);
    hang.set(true);
    time.advance(Duration.ofHours(2));
    assertThat(hanging).hasSize(1);
    assertThat(events.of("stale")).isNotEmpty();
  }

  @Test
  void a_flush_waits_loudly_for_the_first_key_and_never_fails() throws Exception {
    provider.outage = new KeyUnavailableException("down");
    KeyCache cache = cache();
    CurrentKey current = tracked(cache);
    CompletableFuture<DataKey> flush =
        CompletableFuture.supplyAsync(() -> current.get(Patience.WAIT));
    assertThat(events.waiting.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(flush).isNotDone();
    assertThatThrownBy(() -> current.get(Patience.FAIL))
        .isInstanceOf(KeyUnavailableException.class)
        .hasMessageContaining("down");
    provider.outage = null;
    provider.rotate("a");
    time.advance(Duration.ofSeconds(1));
    assertThat(flush.get(60, TimeUnit.SECONDS).reference().keyId()).isEqualTo("a");
  }

  @Test
  void closing_wakes_those_who_wait_and_wipes() throws Exception {
    provider.outage = new KeyUnavailableException("down");
    KeyCache cache = cache();
    KeySpec other = KeySpec.kmip("vault", "other", CipherSpec.AES_128);
    CurrentKey current = tracked(cache);
    CompletableFuture<DataKey> flush =
        CompletableFuture.supplyAsync(() -> current.get(Patience.WAIT));
    assertThat(events.waiting.await(60, TimeUnit.SECONDS)).isTrue();
    provider.outage = null;
    provider.rotate("a");
    DataKey key = cache.sealingKey(other, Patience.FAIL);
    cache.close();
    assertThatThrownBy(() -> flush.get(60, TimeUnit.SECONDS))
        .hasCauseInstanceOf(KeyUnavailableException.class);
    assertThat(key.isWiped()).isTrue();
    assertThat(provider.closed).isTrue();
    assertThatThrownBy(() -> cache.openingKey(SPEC, new KeyReference(1, "x", 1)))
        .hasMessageContaining("closed");
  }

  @Test
  void a_group_that_is_not_configured_is_refused_when_it_is_first_named() {
    KeyCache cache = cache();
    assertThatThrownBy(() -> cache.track(KeySpec.kmip("nowhere", null, CipherSpec.AES_256)))
        .isInstanceOf(KeyConfigException.class);
  }

  @Test
  void a_bug_in_a_provider_neither_ends_the_refresh_nor_counts_as_fresh() {
    provider.rotate("a");
    KeyCache cache = cache();
    CurrentKey current = tracked(cache);
    provider.current = null;
    time.advance(REFRESH);
    assertThat(cache.stats().current().get(0).failures()).isPositive();
    provider.rotate("b");
    time.advance(REFRESH);
    assertThat(current.get(Patience.FAIL).reference().keyId()).isEqualTo("b");
  }
}
