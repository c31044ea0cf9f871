package io.cassandratde.kmip.devserver;

import static io.cassandratde.kmip.devserver.Dialogue.attribute;
import static io.cassandratde.kmip.devserver.Dialogue.date;
import static io.cassandratde.kmip.devserver.Dialogue.payload;
import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.kmip.ttlv.TtlvItem;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The states of an object and its dates, by a clock that the test moves. */
class LifecycleTest {
  private static final int CESSATION = 6;
  private static final int COMPROMISE = 2;
  private static final int ITEM_NOT_FOUND = 1;
  private static final int INVALID_FIELD = 7;
  private static final int PERMISSION_DENIED = 12;
  private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);

  private final TestClock clock = new TestClock(START);
  private KmipDevServer server;
  private Dialogue client;

  @BeforeEach
  void start() throws IOException {
    server = KmipDevServer.start(TestStores.get().serverSettings().withClock(clock));
    client = new Dialogue(server, 104);
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    server.close();
  }

  @Test
  void a_key_without_dates_is_pre_active_until_it_is_activated() throws IOException {
    String id = client.create();
    assertThat(client.state(id)).isEqualTo(ObjectState.PRE_ACTIVE);
    assertThat(client.dateOf(id, "Activation Date")).isNull();
    clock.advance(HOUR);
    client.ok("Activate", payload(id));
    assertThat(client.state(id)).isEqualTo(ObjectState.ACTIVE);
    assertThat(client.dateOf(id, "Activation Date")).isEqualTo(START.plus(HOUR));
    assertThat(client.dateOf(id, "Initial Date")).isEqualTo(START);
    assertThat(client.dateOf(id, "Last Change Date")).isEqualTo(START.plus(HOUR));
    assertThat(client.call("Activate", payload(id)).reason()).isEqualTo(PERMISSION_DENIED);
  }

  @Test
  void dates_that_come_move_the_state_by_themselves() throws IOException {
    String id =
        client.create(
            attribute("Activation Date", date(START.plus(HOUR))),
            attribute("Deactivation Date", date(START.plus(HOUR.multipliedBy(2)))));
    assertThat(client.state(id)).isEqualTo(ObjectState.PRE_ACTIVE);
    clock.advance(HOUR.minusSeconds(1));
    assertThat(client.state(id)).isEqualTo(ObjectState.PRE_ACTIVE);
    clock.advance(Duration.ofSeconds(1));
    assertThat(client.state(id)).isEqualTo(ObjectState.ACTIVE);
    clock.advance(HOUR);
    assertThat(client.state(id)).isEqualTo(ObjectState.DEACTIVATED);
    assertThat(client.material(id)).hasSize(16);
  }

  @Test
  void a_date_is_closed_once_it_has_come() throws IOException {
    String id =
        client.create(
            attribute("Activation Date", date(START)),
            attribute("Protect Stop Date", date(START.plus(HOUR))));
    assertThat(modify(id, "Activation Date", START.plus(HOUR))).isEqualTo(PERMISSION_DENIED);
    assertThat(modify(id, "Protect Stop Date", START.plus(HOUR.multipliedBy(2)))).isZero();
    assertThat(modify(id, "Protect Stop Date", START)).isZero();
    assertThat(modify(id, "Protect Stop Date", START.plus(HOUR))).isEqualTo(PERMISSION_DENIED);
    assertThat(client.dateOf(id, "Protect Stop Date")).isEqualTo(START);
    assertThat(client.state(id)).isEqualTo(ObjectState.ACTIVE);
  }

  @Test
  void protect_stop_forbids_to_encrypt_but_not_to_decrypt() throws IOException {
    String id =
        client.create(
            attribute("Activation Date", date(START)),
            attribute("Protect Stop Date", date(START.plus(HOUR))));
    byte[] block = new byte[16];
    byte[] sealed = client.ok("Encrypt", payload(id).bytes("Data", block)).requireBytes("Data");
    clock.advance(HOUR);
    assertThat(client.call("Encrypt", payload(id).bytes("Data", block)).reason())
        .isEqualTo(PERMISSION_DENIED);
    assertThat(client.ok("Decrypt", payload(id).bytes("Data", sealed)).requireBytes("Data"))
        .isEqualTo(block);
  }

  @Test
  void cessation_deactivates_and_compromise_is_for_ever() throws IOException {
    String id = client.create(attribute("Activation Date", date(START)));
    clock.advance(HOUR);
    assertThat(client.revoke(id, CESSATION)).isZero();
    assertThat(client.state(id)).isEqualTo(ObjectState.DEACTIVATED);
    assertThat(client.dateOf(id, "Deactivation Date")).isEqualTo(START.plus(HOUR));
    assertThat(client.revoke(id, CESSATION)).isEqualTo(PERMISSION_DENIED);
    assertThat(client.revoke(id, COMPROMISE)).isZero();
    assertThat(client.state(id)).isEqualTo(ObjectState.COMPROMISED);
    assertThat(client.dateOf(id, "Compromise Date")).isEqualTo(START.plus(HOUR));
    assertThat(client.dateOf(id, "Compromise Occurrence Date")).isEqualTo(START);
    assertThat(client.call("Activate", payload(id)).reason()).isEqualTo(PERMISSION_DENIED);
    assertThat(client.material(id)).hasSize(16);
  }

  @Test
  void a_pre_active_key_cannot_be_deactivated_but_compromised() throws IOException {
    String id = client.create();
    assertThat(client.revoke(id, CESSATION)).isEqualTo(PERMISSION_DENIED);
    assertThat(client.revoke(id, COMPROMISE)).isZero();
    assertThat(client.state(id)).isEqualTo(ObjectState.COMPROMISED);
  }

  @Test
  void destroy_spares_the_active_and_keeps_the_attributes() throws IOException {
    String id = client.create(attribute("Activation Date", date(START)));
    assertThat(client.call("Destroy", payload(id)).reason()).isEqualTo(PERMISSION_DENIED);
    assertThat(client.material(id)).hasSize(16);
    client.revoke(id, CESSATION);
    client.ok("Destroy", payload(id));
    assertThat(client.state(id)).isEqualTo(ObjectState.DESTROYED);
    assertThat(client.dateOf(id, "Destroy Date")).isEqualTo(START);
    assertThat(client.call("Get", payload(id)).reason()).isEqualTo(ITEM_NOT_FOUND);
    assertThat(client.call("Destroy", payload(id)).reason()).isEqualTo(ITEM_NOT_FOUND);
    assertThat(client.locate()).isEmpty();
    assertThat(client.revoke(id, COMPROMISE)).isZero();
    assertThat(client.state(id)).isEqualTo(ObjectState.DESTROYED_COMPROMISED);
  }

  @Test
  void a_pre_active_key_may_be_destroyed() throws IOException {
    String id = client.create();
    client.ok("Destroy", payload(id));
    assertThat(client.state(id)).isEqualTo(ObjectState.DESTROYED);
  }

  @Test
  void deactivation_before_activation_is_refused() throws IOException {
    assertThat(
            client
                .call(
                    "Create",
                    Dialogue.aesKey(
                        attribute("Activation Date", date(START)),
                        attribute("Deactivation Date", date(START.minusSeconds(1)))))
                .reason())
        .isEqualTo(INVALID_FIELD);
    assertThat(client.locate()).isEmpty();
  }

  @Test
  void archived_objects_are_found_by_their_storage_status_only() throws IOException {
    String id = client.create();
    client.ok("Archive", payload(id));
    assertThat(client.call("Get", payload(id)).reason()).isEqualTo(13);
    assertThat(client.locate()).isEmpty();
    assertThat(Dialogue.ids(client.ok("Locate", payload().integer("StorageStatusMask", 2))))
        .containsExactly(id);
    client.ok("Recover", payload(id));
    assertThat(client.material(id)).hasSize(16);
  }

  @Test
  void check_answers_with_what_is_not_allowed() throws IOException {
    String id = client.create();
    assertThat(client.ok("Check", payload(id).integer("CryptographicUsageMask", 4)).items())
        .hasSize(1);
    TtlvItem mask =
        client
            .ok("Check", payload(id).integer("CryptographicUsageMask", 1))
            .require("CryptographicUsageMask");
    assertThat(Wire.number(mask)).isEqualTo(12);
  }

  private int modify(String id, String name, Instant to) throws IOException {
    return client
        .call("ModifyAttribute", payload(id).structure(attribute(name, date(to))))
        .reason();
  }
}
