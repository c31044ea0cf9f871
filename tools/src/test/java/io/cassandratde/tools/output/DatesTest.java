package io.cassandratde.tools.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatesTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  @Test
  void prints_as_dse_does() {
    assertThat(Dates.print(Instant.parse("2016-04-13T18:05:00Z"), BERLIN))
        .isEqualTo("Wed Apr 13 20:05:00 CEST 2016");
    assertThat(Dates.print(null, BERLIN)).isEqualTo("n/a");
  }

  @ParameterizedTest
  @CsvSource({
    "2016-04-13 20:05:00:0, 2016-04-13T18:05:00Z",
    "2016-04-13 20:05:00:9, 2016-04-13T18:05:00Z",
    "2016-04-13 20:05:00, 2016-04-13T18:05:00Z",
    "2016-04-13T20:05:00, 2016-04-13T18:05:00Z",
    "2016-01-13 20:05:00:0, 2016-01-13T19:05:00Z",
    "2016-04-13T20:05:00Z, 2016-04-13T20:05:00Z",
    "2016-04-13T20:05:00+05:00, 2016-04-13T15:05:00Z",
  })
  void reads_the_operators_zone_unless_one_is_given(String text, Instant expected) {
    assertThat(Dates.parse(text, BERLIN)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "tomorrow", "2016-04-13", "2016-02-30 00:00:00:0", "2016-04-13 25:00:00:0"})
  void refuses_what_is_no_date_and_says_how_to_write_one(String text) {
    assertThatThrownBy(() -> Dates.parse(text, BERLIN))
        .isInstanceOf(DateTimeException.class)
        .hasMessageContaining("YYYY-MM-DD HH:MM:SS:T")
        .hasMessageContaining("Europe/Berlin");
  }
}
