package io.cassandratde.sstable.cassandra.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.kmip.transport.TlsStores;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExpiryWarningsTest {

  private static final Instant END = Instant.parse("2027-01-31T12:00:00Z");

  private final List<String> told = new ArrayList<>();
  private Instant now = END.minus(Duration.ofDays(40));
  private final ExpiryWarnings warnings = new ExpiryWarnings(() -> now, told::add);
  private final StoredCertificate own = certificate("keystore", "a1", END);

  private static StoredCertificate certificate(String store, String serial, Instant end) {
    return new StoredCertificate("vault", new TlsStores.Held(store, "CN=node", serial, end));
  }

  /** Looks at every hour until then. */
  private void until(Duration beforeEnd, StoredCertificate... certificates) {
    for (Instant to = END.minus(beforeEnd); now.isBefore(to); now = now.plus(Duration.ofHours(1))) {
      warnings.look(List.of(certificates));
    }
    warnings.look(List.of(certificates));
  }

  @Test
  void thirty_seven_and_one_days_before_and_at_the_end_once_each() {
    until(Duration.ofDays(30).plusHours(1), own);
    assertThat(told).isEmpty();
    until(Duration.ofDays(8), own);
    assertThat(told).hasSize(1);
    assertThat(told.get(0)).contains("vault", "CN=node", "a1", "ends at " + END, "in 30 days");
    until(Duration.ofDays(2), own);
    assertThat(told).hasSize(2).last().asString().contains("in 7 days");
    until(Duration.ofHours(1), own);
    assertThat(told).hasSize(3).last().asString().contains("in 1 days");
    until(Duration.ofDays(-3), own);
    assertThat(told).hasSize(4).last().asString().contains("ENDED");
  }

  @Test
  void a_start_in_the_last_week_says_the_nearest_alone() {
    now = END.minus(Duration.ofDays(5));
    until(Duration.ofDays(4), own);
    assertThat(told).hasSize(1);
  }

  @Test
  void anchors_are_told_of_for_themselves_and_a_new_certificate_begins_anew() {
    now = END.minus(Duration.ofDays(20));
    until(Duration.ofDays(19), own, certificate("truststore", "a1", END));
    assertThat(told).hasSize(2);
    assertThat(told.get(1)).contains("authority").contains("truststore");
    StoredCertificate next = certificate("keystore", "b2", END.plus(Duration.ofDays(365)));
    until(Duration.ofDays(18), next);
    assertThat(told).hasSize(2);
  }

  @Test
  void days_left_are_whole_and_negative_past_the_end() {
    assertThat(own.daysLeft(END.minus(Duration.ofHours(47)))).isEqualTo(1);
    assertThat(own.daysLeft(END.minus(Duration.ofHours(1)))).isZero();
    assertThat(own.daysLeft(END.plus(Duration.ofHours(1)))).isEqualTo(-1);
  }
}
