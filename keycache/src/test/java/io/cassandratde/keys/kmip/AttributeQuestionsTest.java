package io.cassandratde.keys.kmip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.kmip.KmipUnavailableException;
import io.cassandratde.kmip.devserver.DevServerBehaviour.Batches;
import io.cassandratde.kmip.devserver.DevServerBehaviour.Connectivity;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many keys against a real server over TLS, with and without batches. */
class AttributeQuestionsTest {

  private static final int KEYS = 40;

  /** 40 keys make batches of 16, 16 and 8. */
  private static final int IN_BATCHES = 3;

  private final DevGroup group = DevGroup.single();
  private final AttributeQuestions questions = new AttributeQuestions(group.client());
  private final List<String> ids = new ArrayList<>();

  @BeforeEach
  void makeKeys() throws Exception {
    KeyFactory factory = new KeyFactory(group.client(), false);
    for (int i = 0; i < KEYS; i++) {
      ids.add(factory.create(CipherSpec.AES_256, "full", KeyNames.random(), null));
    }
    // Negotiates, so that it is not counted below.
    assertThat(asked(ids.subList(0, 1))).hasSize(1);
  }

  @AfterEach
  void stop() {
    group.close();
  }

  private List<String> asked(List<String> some) throws Exception {
    return questions.ask(some, done -> {}).stream().map(KeyFacts::id).toList();
  }

  private long messages() {
    return group.behaviour().messages();
  }

  private List<String> without(String... missing) {
    return ids.stream().filter(id -> !List.of(missing).contains(id)).toList();
  }

  @Test
  void many_keys_cost_few_exchanges_and_one_that_went_meanwhile_hides_no_other() throws Exception {
    group.behaviour().purgedAfterLocate(ids.get(3)).purgedAfterLocate(ids.get(15));
    long before = messages();
    assertThat(asked(ids)).isEqualTo(without(ids.get(3), ids.get(15)));
    assertThat(messages() - before).isEqualTo(IN_BATCHES);
  }

  @Test
  void a_server_that_ends_a_batch_at_a_refusal_is_asked_for_the_rest() throws Exception {
    group.behaviour().batches(Batches.ENDED_BY_A_FAILURE).purgedAfterLocate(ids.get(13));
    long before = messages();
    assertThat(asked(ids)).isEqualTo(without(ids.get(13)));
    assertThat(messages() - before).as("14th of 16: two are left").isEqualTo(IN_BATCHES + 2);
  }

  @Test
  void a_server_that_takes_no_batches_is_asked_key_by_key_from_then_on() throws Exception {
    group.behaviour().batches(Batches.REFUSED);
    long before = messages();
    assertThat(asked(ids)).isEqualTo(ids);
    // After an invalid message the client asks for the version anew, once.
    assertThat(messages() - before).isEqualTo(1 + 1 + KEYS);
    assertThat(asked(ids)).isEqualTo(ids);
    assertThat(messages() - before).isEqualTo(1 + 1 + 2 * KEYS);
  }

  @Test
  void an_outage_is_not_taken_for_a_server_without_batches() throws Exception {
    group.behaviour().connectivity(Connectivity.DROPPING);
    assertThatThrownBy(() -> asked(ids)).isInstanceOf(KmipUnavailableException.class);
    group.behaviour().connectivity(Connectivity.NORMAL);
    long before = messages();
    assertThat(asked(ids)).isEqualTo(ids);
    assertThat(messages() - before).isEqualTo(IN_BATCHES);
  }

  /** Whoever asks may have only so much time; a slow server must not make it 16 times as much. */
  @Test
  void whoever_asks_hears_before_each_exchange_how_far_it_is() throws Exception {
    List<Integer> heard = new ArrayList<>();
    group.behaviour().purgedAfterLocate(ids.get(0));
    questions.ask(ids, heard::add);
    assertThat(heard).containsExactly(0, 16, 32);
    group.behaviour().batches(Batches.REFUSED);
    heard.clear();
    questions.ask(ids.subList(0, 18), heard::add);
    assertThat(heard)
        .containsExactly(0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17);
  }

  @Test
  void a_listing_of_all_keys_uses_them() throws Exception {
    KeyAdministration admin = group.administration();
    assertThat(admin.list("full").keys()).hasSize(KEYS);
    long before = messages();
    assertThat(admin.list("full").keys()).extracting(KeyFacts::id).containsAll(ids);
    assertThat(messages() - before).as("Locate and the batches").isEqualTo(1 + IN_BATCHES);
  }
}
