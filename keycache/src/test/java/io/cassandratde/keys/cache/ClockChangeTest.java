package io.cassandratde.keys.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.keys.KeyUnavailableException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody sets the wall clock: ages, alarms and looks take no notice (docs/RULES.md R19, R20). */
class ClockChangeTest {

  private static final Duration REFRESH = Duration.ofMinutes(5);

  private final ManualTime time = new ManualTime();
  private final MemoryProvider provider = new MemoryProvider();
  private final RecordedEvents events = new RecordedEvents();
  private final KeyCache cache =
      KeyCache.builder(provider)
          .settings(
              CacheSettings.DEFAULTS.withRefresh(REFRESH).withMaxStale(Duration.ofHours(1), true))
          .clock(time)
          .nanoTime(time::nanos)
          .timer(time)
          .workers(Runnable::run)
          .random(new Random(1))
          .events(events)
          .build();

  @ParameterizedTest
  @ValueSource(strings = {"PT48H", "PT-48H"})
  void a_key_is_as_old_as_it_is(String change) {
    provider.rotate("a");
    cache.track(KeyCacheTest.SPEC);
    CurrentKey current = cache.current(KeyCacheTest.SPEC);
    provider.outage = new KeyUnavailableException("down");
    time.advance(Duration.ofMinutes(20));
    time.shiftWallClock(Duration.parse(change));
    assertThat(current.age()).isEqualTo(Duration.ofMinutes(20));
    assertThat(current.isStale()).isFalse();
    time.advance(Duration.ofMinutes(39));
    assertThat(events.of("stale")).isEmpty();
    assertThat(current.get(Patience.FAIL).reference().keyId()).isEqualTo("a");
    time.advance(Duration.ofMinutes(2));
    assertThat(events.of("stale")).isNotEmpty();
    assertThat(current.age()).isEqualTo(Duration.ofMinutes(61));
  }

  /** Set back while a look is on its way, it would have put the next one off by as much. */
  @ParameterizedTest
  @ValueSource(strings = {"PT48H", "PT-48H"})
  void the_next_look_comes_within_key_cache_millis(String change) {
    provider.rotate("a");
    provider.onLook = () -> time.shiftWallClock(Duration.parse(change));
    cache.track(KeyCacheTest.SPEC);
    provider.onLook = () -> {};
    provider.rotate("b");
    time.advance(REFRESH);
    assertThat(provider.looks).hasValue(2);
    assertThat(cache.current(KeyCacheTest.SPEC).get(Patience.FAIL).reference().keyId())
        .isEqualTo("b");
  }
}
