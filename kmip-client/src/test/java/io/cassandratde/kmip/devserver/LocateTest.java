package io.cassandratde.kmip.devserver;

import static io.cassandratde.kmip.devserver.Dialogue.attribute;
import static io.cassandratde.kmip.devserver.Dialogue.date;
import static io.cassandratde.kmip.devserver.Dialogue.name;
import static io.cassandratde.kmip.devserver.Dialogue.payload;
import static io.cassandratde.kmip.devserver.Dialogue.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Locate by every kind of attribute, and page by page. */
class LocateTest {
  private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

  private final TestClock clock = new TestClock(START);
  private KmipDevServer server;
  private Dialogue client;
  private String first;
  private String second;
  private String third;

  @BeforeEach
  void start() throws IOException {
    server = KmipDevServer.start(TestStores.get().serverSettings().withClock(clock));
    client = new Dialogue(server, 104);
    first = client.create(attribute("Name", name("a")), attribute("Object Group", text("blue")));
    second =
        client.create(
            attribute("Name", name("b")),
            attribute("Object Group", text("blue")),
            attribute("Activation Date", date(START)));
    clock.advance(Duration.ofHours(1));
    third = client.create(attribute("x-tag", text("z")), asi("ns", "three"));
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    server.close();
  }

  @Test
  void all_filters_must_match() throws IOException {
    Build blue = attribute("Object Group", text("blue"));
    assertThat(client.locate(blue)).containsExactly(second, first);
    assertThat(client.locate(blue, attribute("Name", name("a")))).containsExactly(first);
    assertThat(client.locate(blue, attribute("Name", name("c")))).isEmpty();
    assertThat(client.locate(attribute("x-tag", text("z")))).containsExactly(third);
    assertThat(client.locate(asi("ns", "three"))).containsExactly(third);
    assertThat(client.locate(asi("ns", "four"))).isEmpty();
  }

  @Test
  void the_state_filter_follows_the_clock() throws IOException {
    Build active = attribute("State", Wire.enumeration("AttributeValue", 2));
    assertThat(client.locate(active)).containsExactly(second);
    client.ok("Activate", payload(third));
    assertThat(client.locate(active)).containsExactly(third, second);
  }

  @Test
  void a_mask_filter_matches_when_all_its_bits_are_set() throws IOException {
    assertThat(client.locate(mask(4))).hasSize(3);
    assertThat(client.locate(mask(12))).hasSize(3);
    assertThat(client.locate(mask(13))).isEmpty();
  }

  @Test
  void two_dates_are_a_range_and_one_is_a_moment() throws IOException {
    Build from = attribute("Initial Date", date(START.plusSeconds(1)));
    Build to = attribute("Initial Date", date(START.plusSeconds(3600)));
    assertThat(client.locate(from, to)).containsExactly(third);
    assertThat(client.locate(to)).containsExactly(third);
    assertThat(client.locate(from)).isEmpty();
  }

  @Test
  void fresh_group_members_are_those_never_got() throws IOException {
    client.material(second);
    Build fresh = payload().enumeration("ObjectGroupMember", 1);
    assertThat(Dialogue.ids(client.ok("Locate", fresh))).containsExactly(third, first);
  }

  @Test
  void pages_have_no_gaps() throws IOException {
    Fields page =
        client.ok("Locate", payload().integer("MaximumItems", 2).integer("OffsetItems", 1));
    assertThat(Dialogue.ids(page)).containsExactly(second, first);
    assertThat(page.integer("LocatedItems")).isEqualTo(3);
    assertThat(Dialogue.ids(client.ok("Locate", payload().integer("MaximumItems", 1))))
        .containsExactly(third);
    assertThat(Dialogue.ids(client.ok("Locate", payload().integer("OffsetItems", 9)))).isEmpty();
  }

  private static Build mask(int bits) {
    return attribute("Cryptographic Usage Mask", Wire.integer("AttributeValue", bits));
  }

  private static Build asi(String namespace, String data) {
    return attribute(
        "Application Specific Information",
        new Build("AttributeValue")
            .text("ApplicationNamespace", namespace)
            .text("ApplicationData", data)
            .build());
  }
}
