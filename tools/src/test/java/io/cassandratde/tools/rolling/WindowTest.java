package io.cassandratde.tools.rolling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class WindowTest {

  private static Instant at(String time) {
    return Instant.parse("2026-11-27T" + time + ":00Z");
  }

  @Test
  void one_over_midnight_is_open_on_both_sides_of_it() {
    Window window = Window.parse("22:00-05:00", ZoneOffset.UTC);
    assertThat(window.isOpen(at("21:59"))).isFalse();
    assertThat(window.isOpen(at("22:00"))).isTrue();
    assertThat(window.isOpen(at("04:59"))).isTrue();
    assertThat(window.isOpen(at("05:00"))).isFalse();
    assertThat(window.untilOpen(at("21:00"))).isEqualTo(Duration.ofHours(1));
    assertThat(window.untilOpen(at("23:00"))).isZero();
  }

  @Test
  void one_within_a_day_opens_again_on_the_next() {
    Window window = Window.parse("01:00 - 02:30", ZoneOffset.UTC);
    assertThat(window.isOpen(at("02:29"))).isTrue();
    assertThat(window.untilOpen(at("02:30"))).isEqualTo(Duration.ofMinutes(22 * 60 + 30));
  }

  @Test
  void the_day_is_that_of_the_zone() {
    Window window = Window.parse("22:00-05:00", ZoneId.of("Europe/Berlin"));
    assertThat(window.isOpen(at("21:30"))).isTrue();
  }

  @Test
  void other_words_are_refused() {
    for (String text : new String[] {"22:00", "25:00-01:00", "night", "05:00-05:00"}) {
      assertThatThrownBy(() -> Window.parse(text, ZoneOffset.UTC))
          .isInstanceOf(DateTimeException.class);
    }
  }
}
