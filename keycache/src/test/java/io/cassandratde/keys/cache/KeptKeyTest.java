package io.cassandratde.keys.cache;

import static io.cassandratde.keys.cache.KeyCacheTest.SPEC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.KeptKey;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A start in an outage seals by the key of before, as stale as its last confirmation (docs/RULES.md
 * R16, R20, R21).
 */
class KeptKeyTest {

  private final ManualTime time = new ManualTime();
  private final MemoryProvider provider = new MemoryProvider();
  private final RecordedEvents events = new RecordedEvents();

  private KeyCache cache(boolean refuseWhenStale) {
    return KeyCache.builder(provider)
        .settings(
            CacheSettings.DEFAULTS
                .withRefresh(Duration.ofMinutes(5))
                .withMaxStale(Duration.ofHours(24), refuseWhenStale)
                .withClientWait(Duration.ZERO))
        .clock(time)
        .nanoTime(time::nanos)
        .timer(time)
        .workers(Runnable::run)
        .random(new Random(1))
        .events(events)
        .build();
  }

  private CurrentKey started(boolean refuseWhenStale) {
    KeyCache cache = cache(refuseWhenStale);
    cache.track(SPEC);
    return cache.current(SPEC);
  }

  @BeforeEach
  void servers_are_away_and_the_disk_has_a_key() {
    provider.rotate("a");
    provider.outage = KeyUnavailableException.nobodyAsked("no host answers");
    keep(Duration.ofHours(-1), null);
  }

  private void keep(Duration confirmed, @Nullable Instant end) {
    provider.kept = new KeptKey(provider.sealing(SPEC, "a", end), time.instant().plus(confirmed));
  }

  @Test
  void the_key_of_before_seals_with_the_age_of_its_confirmation() {
    CurrentKey current = started(false);
    assertThat(current.get(Patience.FAIL).reference().keyId()).isEqualTo("a");
    assertThat(current.age()).isEqualTo(Duration.ofHours(1));
    assertThat(current.isStale()).isFalse();
    assertThat(current.lastFailure()).isInstanceOf(KeyUnavailableException.class);
    assertThat(events.seen).containsExactly("resumed a after 3600 s", "failed 1");
  }

  @Test
  void it_grows_stale_when_a_node_that_was_up_would_have() {
    CurrentKey current = started(true);
    time.advance(Duration.ofHours(23).minusSeconds(1));
    assertThat(current.get(Patience.FAIL)).isNotNull();
    assertThat(events.of("stale")).isEmpty();
    time.advance(Duration.ofMinutes(10));
    assertThat(events.of("stale")).isNotEmpty();
    assertThatThrownBy(() -> current.get(Patience.FAIL))
        .isInstanceOf(KeyUnavailableException.class)
        .hasMessageContaining("on_stale: refuse");
    assertThat(current.get(Patience.WAIT).reference().keyId()).as("flushes go on").isEqualTo("a");
  }

  @Test
  void a_clock_that_was_set_back_makes_it_stale_at_once() {
    keep(Duration.ofDays(30), null);
    CurrentKey current = started(true);
    assertThat(current.isStale()).isTrue();
    assertThat(current.get(Patience.WAIT).reference().keyId()).isEqualTo("a");
    time.advance(Duration.ofSeconds(1));
    assertThat(events.of("stale")).isNotEmpty();
  }

  @Test
  void an_absurd_confirmation_is_old() {
    keep(Duration.ofDays(-200 * 365), null);
    assertThat(started(false).isStale()).isTrue();
  }

  @Test
  void its_scheduled_end_is_honoured() {
    Instant end = time.instant().plus(Duration.ofHours(2));
    keep(Duration.ofHours(-1), end);
    CurrentKey current = started(false);
    assertThat(current.peek()).isNotNull();
    time.advance(Duration.ofHours(2));
    assertThat(current.peek()).isNull();
    time.advance(Duration.ofHours(1));
    assertThat(current.peek()).as("it never comes back").isNull();
    assertThat(events.of("stopped")).containsExactly("stopped a");
  }

  @Test
  void a_key_whose_end_has_come_seals_nothing() {
    keep(Duration.ofHours(-1), time.instant());
    assertThat(started(false).peek()).isNull();
    assertThat(events.of("resumed")).isEmpty();
  }

  @Test
  void with_a_clock_that_was_set_back_no_end_is_believed() {
    keep(Duration.ofDays(1), time.instant().plus(Duration.ofDays(9)));
    assertThat(started(false).peek()).isNull();
  }

  @Test
  void only_an_outage_in_which_nobody_could_be_asked_calls_for_it() {
    provider.outage = new KeyUnavailableException("one host answers and has no key");
    assertThat(started(false).peek()).isNull();
    provider.outage = new KeyConfigException("certificate refused");
    assertThat(started(false).peek()).isNull();
    assertThat(provider.keptAsked).hasValue(0);
  }

  @Test
  void what_this_process_learned_from_a_server_is_never_replaced_by_it() {
    provider.outage = null;
    provider.rotate("b");
    CurrentKey current = started(false);
    provider.outage = KeyUnavailableException.nobodyAsked("no host answers");
    time.advance(Duration.ofMinutes(10));
    assertThat(current.get(Patience.FAIL).reference().keyId()).isEqualTo("b");
    assertThat(provider.keptAsked).hasValue(0);
  }

  @Test
  void servers_that_come_back_take_over() {
    CurrentKey current = started(false);
    provider.outage = null;
    KeyReference newer = provider.rotate("b");
    time.advance(Duration.ofMinutes(5));
    assertThat(current.get(Patience.FAIL).reference()).isEqualTo(newer);
    assertThat(current.age()).isLessThan(Duration.ofMinutes(5));
    assertThat(events.seen).contains("changed a to b");
    assertThat(events.of("recovered")).hasSize(1);
  }

  @Test
  void a_broken_cache_is_a_failed_look_and_not_the_end_of_all_looks() {
    provider.keptFailure = new IllegalStateException("broken");
    CurrentKey current = started(false);
    assertThat(current.peek()).isNull();
    provider.outage = null;
    time.advance(Duration.ofMinutes(5));
    assertThat(current.peek()).isNotNull();
  }

  @Test
  void upkeep_comes_by_timer_and_on_demand() {
    KeyCache cache =
        KeyCache.builder(provider)
            .upkeep(Duration.ofMinutes(5))
            .clock(time)
            .nanoTime(time::nanos)
            .timer(time)
            .workers(Runnable::run)
            .random(new Random(1))
            .build();
    time.advance(Duration.ofMinutes(20));
    assertThat(provider.upkeeps.get()).isBetween(4, 5);
    int before = provider.upkeeps.get();
    provider.outage = null;
    cache.refreshNow().join();
    assertThat(provider.upkeeps).hasValue(before + 1);
  }
}
