package io.cassandratde.kmip.devserver;

import static io.cassandratde.kmip.devserver.Dialogue.attribute;
import static io.cassandratde.kmip.devserver.Dialogue.date;
import static io.cassandratde.kmip.devserver.Dialogue.name;
import static io.cassandratde.kmip.devserver.Dialogue.payload;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** ReKey: new material, moved names, links both ways, dates by offset or taken over. */
class ReKeyTest {
  private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);

  private final TestClock clock = new TestClock(START);
  private KmipDevServer server;
  private Dialogue client;
  private String old;

  @BeforeEach
  void start() throws IOException {
    server = KmipDevServer.start(TestStores.get().serverSettings().withClock(clock));
    client = new Dialogue(server, 104);
    old =
        client.create(
            attribute("Name", name("payroll")),
            attribute("Object Group", Dialogue.text("blue")),
            attribute("x-purpose", Dialogue.text("test")),
            attribute("Activation Date", date(START)),
            attribute("Protect Stop Date", date(START.plus(DAY.multipliedBy(2)))),
            attribute("Deactivation Date", date(START.plus(DAY.multipliedBy(3)))));
    clock.advance(DAY);
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    server.close();
  }

  @Test
  void the_name_moves_and_links_point_both_ways() throws IOException {
    String replacement = client.ok("ReKey", payload(old)).requireText("UniqueIdentifier");
    assertThat(client.locate(attribute("Name", name("payroll")))).containsExactly(replacement);
    assertThat(client.attribute(old, "Name")).isNull();
    assertThat(link(old)).isEqualTo("262 " + replacement);
    assertThat(link(replacement)).isEqualTo("263 " + old);
    assertThat(client.material(replacement)).hasSize(16).isNotEqualTo(client.material(old));
    assertThat(client.locate(attribute("Object Group", Dialogue.text("blue"))))
        .containsExactly(replacement, old);
    assertThat(Wire.text(Objects.requireNonNull(client.attribute(replacement, "x-purpose"))))
        .isEqualTo("test");
  }

  @Test
  void without_an_offset_the_dates_are_taken_over() throws IOException {
    String replacement = client.ok("ReKey", payload(old)).requireText("UniqueIdentifier");
    assertThat(client.dateOf(replacement, "Initial Date")).isEqualTo(START.plus(DAY));
    assertThat(client.dateOf(replacement, "Activation Date")).isEqualTo(START);
    assertThat(client.dateOf(replacement, "Deactivation Date"))
        .isEqualTo(START.plus(DAY.multipliedBy(3)));
  }

  @Test
  void with_an_offset_every_date_keeps_its_distance_to_the_activation() throws IOException {
    String replacement =
        client
            .ok("ReKey", payload(old).item(Wire.interval("Offset", 3600)))
            .requireText("UniqueIdentifier");
    Instant activation = START.plus(DAY).plusSeconds(3600);
    assertThat(client.state(replacement)).isEqualTo(ObjectState.PRE_ACTIVE);
    assertThat(client.dateOf(replacement, "Activation Date")).isEqualTo(activation);
    assertThat(client.dateOf(replacement, "Protect Stop Date"))
        .isEqualTo(activation.plus(DAY.multipliedBy(2)));
    assertThat(client.dateOf(replacement, "Deactivation Date"))
        .isEqualTo(activation.plus(DAY.multipliedBy(3)));
    assertThat(client.state(old)).isEqualTo(ObjectState.ACTIVE);
  }

  @Test
  void a_destroyed_key_is_not_rekeyed() throws IOException {
    client.revoke(old, 6);
    client.ok("Destroy", payload(old));
    assertThat(client.call("ReKey", payload(old)).reason()).isEqualTo(1);
  }

  private String link(String id) throws IOException {
    Fields link = Fields.of(client.attribute(id, "Link"));
    return link.requireInteger("LinkType") + " " + link.requireText("LinkedObjectIdentifier");
  }
}
