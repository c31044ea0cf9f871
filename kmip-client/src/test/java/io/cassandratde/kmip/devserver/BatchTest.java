package io.cassandratde.kmip.devserver;

import static io.cassandratde.kmip.devserver.Dialogue.aesKey;
import static io.cassandratde.kmip.devserver.Dialogue.item;
import static io.cassandratde.kmip.devserver.Dialogue.payload;
import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.kmip.devserver.Dialogue.Answer;
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Batches, the ID placeholder, versions and requests that are no requests. */
class BatchTest {
  private static final int CONTINUE = 1;
  private static final int UNDO = 3;
  private static final int UNDONE = 3;
  private static final TtlvItem FAILING = item("Get", payload("no-such-object"));

  private KmipDevServer server;
  private Dialogue client;

  @BeforeEach
  void start() throws IOException {
    server = KmipDevServer.start(TestStores.get().serverSettings());
    client = new Dialogue(server, 104);
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    server.close();
  }

  @Test
  void the_id_placeholder_lives_for_one_request() throws IOException {
    List<Answer> answers =
        client.batch(null, item("Create", aesKey()), item("Activate", payload()));
    assertThat(answers.get(1).id()).isEqualTo(answers.get(0).id());
    assertThat(client.call("Get", payload()).reason()).isEqualTo(1);
  }

  @Test
  void a_batch_stops_at_the_first_failure() throws IOException {
    List<Answer> answers =
        client.batch(null, item("Create", aesKey()), FAILING, item("Create", aesKey()));
    assertThat(answers).extracting(Answer::status).containsExactly(0, 1);
    assertThat(client.locate()).hasSize(1);
  }

  @Test
  void a_batch_goes_on_if_told_so() throws IOException {
    List<Answer> answers =
        client.batch(CONTINUE, item("Create", aesKey()), FAILING, item("Create", aesKey()));
    assertThat(answers).extracting(Answer::status).containsExactly(0, 1, 0);
    assertThat(client.locate()).hasSize(2);
  }

  @Test
  void a_batch_is_undone_if_told_so() throws IOException {
    String id = client.create();
    List<Answer> answers =
        client.batch(UNDO, item("Activate", payload(id)), item("Create", aesKey()), FAILING);
    assertThat(answers).extracting(Answer::status).containsExactly(UNDONE, UNDONE, 1);
    assertThat(client.locate()).containsExactly(id);
    assertThat(client.state(id)).isEqualTo(ObjectState.PRE_ACTIVE);
  }

  @Test
  void versions_are_offered_newest_first_and_up_to_the_highest() throws IOException {
    assertThat(versions()).containsExactly(201, 200, 104, 103, 102, 101, 100);
    server.behaviour().highestVersion(1, 2);
    try (Dialogue older = new Dialogue(server, 102)) {
      assertThat(versions(older)).containsExactly(102, 101, 100);
    }
    assertThat(client.call("Query", payload()).reason()).as("1.4 is gone").isEqualTo(4);
  }

  @Test
  void discover_versions_is_unknown_in_1_0() throws IOException {
    try (Dialogue oldest = new Dialogue(server, 100)) {
      assertThat(oldest.call("DiscoverVersions", payload()).reason()).isEqualTo(5);
    }
  }

  @Test
  void an_answer_above_the_maximum_size_is_not_sent() throws IOException {
    TtlvItem query = item("Query", payload().enumeration("QueryFunction", 1));
    Fields answer = Fields.of(client.raw(null, 200, query)).structure("BatchItem");
    assertThat(answer.integer("ResultReason")).isEqualTo(2);
    assertThat(answer.has("ResponsePayload")).isFalse();
  }

  @Test
  void a_message_that_is_no_request_gets_an_error_and_the_connection_lives() throws IOException {
    try (RawClient raw = new RawClient(server.port())) {
      for (TtlvItem message :
          List.of(
              new Build("ResponseMessage").build(),
              new Build("RequestMessage").build(),
              new Build("RequestMessage")
                  .structure(
                      new Build("RequestHeader")
                          .structure(QueryOperations.version(104))
                          .integer("BatchCount", 7))
                  .build())) {
        Fields answer = Fields.of(raw.exchange(message)).structure("BatchItem");
        assertThat(answer.integer("ResultStatus")).isEqualTo(1);
        assertThat(answer.has("Operation")).isFalse();
      }
    }
  }

  private List<Integer> versions() throws IOException {
    return versions(client);
  }

  private static List<Integer> versions(Dialogue dialogue) throws IOException {
    return dialogue.ok("DiscoverVersions", payload()).structures("ProtocolVersion").stream()
        .map(
            version ->
                version.requireInteger("ProtocolVersionMajor") * 100
                    + version.requireInteger("ProtocolVersionMinor"))
        .toList();
  }
}
