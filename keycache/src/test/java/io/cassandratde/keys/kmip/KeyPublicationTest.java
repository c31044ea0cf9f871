package io.cassandratde.keys.kmip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeyProvider.LastKeyEndedException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.WrongKeyException;
import io.cassandratde.keys.kmip.KeyPublication.Candidate;
import io.cassandratde.keys.kmip.KeyPublication.Outcome;
import io.cassandratde.keys.kmip.KeyPublication.Verdict;
import io.cassandratde.kmip.KeyState;
import io.cassandratde.kmip.RevocationReason;
import io.cassandratde.kmip.devserver.ObjectState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an election does with what the nodes of a cluster say of its winner. */
class KeyPublicationTest {

  private static final KeySpec SPEC = KeySpec.kmip(DevGroup.NAME, "cycling", CipherSpec.AES_256);

  private final DevGroup group = DevGroup.single();
  private final KmipKeyProvider provider = group.provider();
  private final KeyAdministration admin = group.administration();
  private final List<Candidate> published = new ArrayList<>();

  @AfterEach
  void stop() {
    group.close();
  }

  /** Nodes that say this; the key must not be Active while they are asked. */
  private void nodesSay(Function<Candidate, Outcome> answer) {
    provider.publishBy(
        new KeyPublication() {
          @Override
          public boolean isNeeded() {
            return true;
          }

          @Override
          public Outcome publish(Candidate candidate) {
            assertThat(state(candidate.key().keyId())).isEqualTo(KeyState.PRE_ACTIVE);
            published.add(candidate);
            return answer.apply(candidate);
          }
        });
  }

  private void nodesSay(Verdict verdict) {
    nodesSay(candidate -> new Outcome(verdict, "said node 7"));
  }

  private KeyState state(String id) {
    try {
      return Objects.requireNonNull(admin.get(id).state());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private KeyReference current() {
    return provider.current(SPEC, null).key().reference();
  }

  @Test
  void a_key_becomes_active_after_all_nodes_have_it() {
    nodesSay(Verdict.PUBLISHED);
    KeyReference key = current();
    assertThat(published).singleElement().extracting(Candidate::key).isEqualTo(key);
    assertThat(published.get(0).contenders()).containsExactly(key.keyId());
    assertThat(state(key.keyId())).isEqualTo(KeyState.ACTIVE);
    assertThat(current()).isEqualTo(key);
    assertThat(published).as("a key that is Active is not published again").hasSize(1);
  }

  @Test
  void the_key_that_another_node_proposed_first_wins_whatever_its_date() throws Exception {
    String oldest = admin.prepare(CipherSpec.AES_256, "cycling", null, ours(1)).id();
    group.advance(Duration.ofSeconds(10));
    String proposed = admin.prepare(CipherSpec.AES_256, "cycling", null, ours(2)).id();
    nodesSay(
        candidate ->
            candidate.key().keyId().equals(proposed)
                ? new Outcome(Verdict.PUBLISHED, "")
                : new Outcome(Verdict.OTHER, proposed));
    assertThat(current().keyId()).isEqualTo(proposed);
    assertThat(published.get(0).contenders()).isEqualTo(Set.of(oldest, proposed));
    assertThat(state(oldest)).isEqualTo(KeyState.PRE_ACTIVE);
  }

  private static String ours(int number) {
    return "00000000-0000-0000-0000-00000000000" + number + "_0";
  }

  @Test
  void nodes_that_cannot_tell_each_other_leave_it_to_the_key_servers() {
    nodesSay(Verdict.NOT_SHARED);
    assertThat(state(current().keyId())).isEqualTo(KeyState.ACTIVE);
    assertThat(published).hasSize(1);
  }

  @Test
  void a_node_that_does_not_get_the_key_stops_nobody_when_no_other_key_seals() {
    nodesSay(Verdict.INCOMPLETE);
    assertThat(state(current().keyId())).isEqualTo(KeyState.ACTIVE);
  }

  @Test
  void a_successor_waits_for_every_node_while_the_old_key_seals() throws Exception {
    KeyReference old = current();
    group.advance(DevGroup.KEY_CACHE.multipliedBy(2));
    var unused = admin.expire(old.keyId(), group.instant().plus(DevGroup.KEY_CACHE.dividedBy(2)));
    nodesSay(Verdict.INCOMPLETE);
    assertThat(provider.current(SPEC, old).key().reference()).isEqualTo(old);
    String successor = published.get(0).key().keyId();
    assertThat(state(successor)).isEqualTo(KeyState.PRE_ACTIVE);

    nodesSay(Verdict.PUBLISHED);
    assertThat(provider.current(SPEC, old).key().reference().keyId()).isEqualTo(successor);
  }

  /** Nodes may take half a minute to agree; a revoked key must not seal meanwhile (R19). */
  @Test
  void the_end_of_the_last_key_is_told_before_nodes_are_asked_about_the_next() throws Exception {
    KeyReference old = current();
    group.advance(Duration.ofMinutes(1));
    var unused = admin.revoke(old.keyId(), RevocationReason.CESSATION_OF_OPERATION, null, true);
    nodesSay(Verdict.PUBLISHED);
    assertThatThrownBy(() -> provider.current(SPEC, old)).isInstanceOf(LastKeyEndedException.class);
    assertThat(published).isEmpty();
    KeyReference next = provider.current(SPEC, old).key().reference();
    assertThat(next).isNotEqualTo(old);
    assertThat(published).hasSize(1);
  }

  @Test
  void different_keys_under_one_id_never_become_active() {
    nodesSay(Verdict.DIFFERENT);
    assertThatThrownBy(this::current)
        .isInstanceOf(WrongKeyException.class)
        .hasMessageContaining("different keys")
        .hasMessageContaining("said node 7")
        .hasMessageContaining("correct kmip_hosts");
    assertThatThrownBy(this::current).isInstanceOf(WrongKeyException.class);
    assertThat(published.stream().map(each -> each.key().keyId()).collect(Collectors.toSet()))
        .singleElement()
        .satisfies(id -> assertThat(state(id)).isEqualTo(KeyState.PRE_ACTIVE));
  }

  @Test
  void a_server_that_gives_no_key_before_it_is_active_has_it_activated_first() {
    group.behaviour().refuseGetIn(ObjectState.PRE_ACTIVE);
    nodesSay(Verdict.DIFFERENT);
    assertThat(state(current().keyId())).isEqualTo(KeyState.ACTIVE);
    assertThat(published).isEmpty();
  }
}
