package io.cassandratde.kmip.devserver;

import static io.cassandratde.kmip.devserver.Dialogue.attribute;
import static io.cassandratde.kmip.devserver.Dialogue.date;
import static io.cassandratde.kmip.devserver.Dialogue.payload;
import static io.cassandratde.kmip.devserver.Dialogue.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.kmip.devserver.DevServerBehaviour.Connectivity;
import io.cassandratde.kmip.devserver.DevServerBehaviour.Lacking;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The deviations with which other modules' tests imitate lesser servers and outages. */
class BehaviourTest {
  private static final int INVALID_FIELD = 7;
  private static final int PERMISSION_DENIED = 12;

  private KmipDevServer server;
  private DevServerBehaviour behaviour;
  private Dialogue client;

  @BeforeEach
  void start() throws IOException {
    server = KmipDevServer.start(TestStores.get().serverSettings());
    behaviour = server.behaviour();
    client = new Dialogue(server, 104);
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    server.close();
  }

  @Test
  void keys_can_be_active_at_once() throws IOException {
    behaviour.createActive(true);
    assertThat(client.state(client.create())).isEqualTo(ObjectState.ACTIVE);
  }

  @Test
  void a_server_without_dates_refuses_and_hides_them_but_has_states() throws IOException {
    behaviour.lacking(Lacking.DATES);
    Build stop = attribute("Protect Stop Date", date(Instant.now()));
    assertThat(client.call("Create", Dialogue.aesKey(stop)).reason()).isEqualTo(INVALID_FIELD);
    String id = client.create();
    client.ok("Activate", payload(id));
    assertThat(client.state(id)).isEqualTo(ObjectState.ACTIVE);
    assertThat(client.dateOf(id, "Activation Date")).isNull();
    assertThat(client.call("AddAttribute", payload(id).structure(stop)).reason())
        .isEqualTo(INVALID_FIELD);
    assertThat(client.revoke(id, 6)).isZero();
    assertThat(client.state(id)).isEqualTo(ObjectState.DEACTIVATED);
  }

  @Test
  void a_server_may_lack_the_protect_stop_date_alone() throws IOException {
    behaviour.lacking(Lacking.PROTECT_STOP_DATE);
    String id = client.create(attribute("Activation Date", date(Instant.now())));
    assertThat(client.dateOf(id, "Activation Date")).isNotNull();
    Build stop = attribute("Protect Stop Date", date(Instant.now()));
    assertThat(client.call("AddAttribute", payload(id).structure(stop)).reason())
        .isEqualTo(INVALID_FIELD);
  }

  @Test
  void a_filter_on_a_lacking_attribute_may_match_everything() throws IOException {
    behaviour.lacking(Lacking.CUSTOM_ATTRIBUTES);
    String id = client.create();
    Build filter = attribute("x-note", text("any"));
    assertThat(client.locate(filter)).isEmpty();
    behaviour.unknownFilterMatchesAll(true);
    assertThat(client.locate(filter)).containsExactly(id);
  }

  @Test
  void get_can_be_refused_by_state() throws IOException {
    String id = client.create(attribute("Activation Date", date(Instant.now().minusSeconds(60))));
    behaviour.refuseGetIn(ObjectState.DEACTIVATED, ObjectState.PRE_ACTIVE);
    assertThat(client.material(id)).hasSize(16);
    client.revoke(id, 6);
    assertThat(client.call("Get", payload(id)).reason()).isEqualTo(PERMISSION_DENIED);
    behaviour.refuseGetIn();
    assertThat(client.material(id)).hasSize(16);
  }

  @Test
  void an_operation_can_be_refused_and_is_counted() throws IOException {
    behaviour.refuse("Create", 5, "not here");
    assertThat(client.call("Create", Dialogue.aesKey()).reason()).isEqualTo(5);
    behaviour.allow("Create");
    client.create();
    assertThat(behaviour.received("Create")).isEqualTo(2);
    assertThat(behaviour.received("ReKey")).isZero();
  }

  @Test
  void a_listener_hears_of_each_operation_before_it_is_carried_out() throws IOException {
    List<String> heard = new CopyOnWriteArrayList<>();
    behaviour.onRequest(operation -> heard.add(operation + " " + behaviour.received(operation)));
    client.create();
    client.locate();
    client.locate();
    assertThat(heard).containsExactly("Create 0", "Locate 0", "Locate 1");
  }

  @Test
  void answers_can_be_delayed() throws IOException {
    behaviour.responseDelay(Duration.ofMillis(150));
    long before = System.nanoTime();
    client.locate();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(149));
  }

  @Test
  void a_dropping_server_closes_old_and_new_connections_and_comes_back() throws IOException {
    behaviour.connectivity(Connectivity.DROPPING);
    assertThatThrownBy(client::locate).isInstanceOf(IOException.class);
    assertThatThrownBy(
            () -> {
              try (Dialogue late = new Dialogue(server, 104)) {
                late.locate();
              }
            })
        .isInstanceOf(IOException.class);
    behaviour.connectivity(Connectivity.NORMAL);
    try (Dialogue again = new Dialogue(server, 104)) {
      assertThat(again.locate()).isEmpty();
    }
  }

  @Test
  void a_server_may_give_no_time() throws IOException {
    assertThat(responseHeader().has("TimeStamp")).isTrue();
    behaviour.timeStamps(false);
    assertThat(responseHeader().has("TimeStamp")).isFalse();
  }

  @Test
  void a_replica_serves_the_same_objects_and_outlives_the_first() throws IOException {
    String id = client.create();
    try (KmipDevServer replica =
            KmipDevServer.start(
                TestStores.get()
                    .serverSettings()
                    .withBehaviour(new DevServerBehaviour())
                    .withReplicaOf(server));
        Dialogue other = new Dialogue(replica, 104)) {
      assertThat(other.material(id)).isEqualTo(client.material(id));
      server.close();
      assertThat(other.locate()).containsExactly(id);
    }
  }

  private Fields responseHeader() throws IOException {
    return Fields.of(client.raw(null, null, Dialogue.item("Locate", payload())))
        .structure("ResponseHeader");
  }
}
