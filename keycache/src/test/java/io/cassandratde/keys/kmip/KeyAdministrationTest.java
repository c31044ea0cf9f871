package io.cassandratde.keys.kmip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.kmip.KeyState;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipNotFoundException;
import io.cassandratde.kmip.KmipUnavailableException;
import io.cassandratde.kmip.RevocationReason;
import io.cassandratde.kmip.devserver.DevServerBehaviour.Connectivity;
import io.cassandratde.kmip.devserver.DevServerBehaviour.Lacking;
import io.cassandratde.kmip.devserver.ObjectState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The operators' commands, against a real server over TLS (docs/RULES.md R17, R18). */
class KeyAdministrationTest {

  /** key_cache_millis and timeout of {@link DevGroup}. */
  private static final Duration NOTICE = DevGroup.KEY_CACHE.plus(DevGroup.TIMEOUT);

  private final DevGroup group = DevGroup.single();
  private final KeyAdministration admin = group.administration();

  @AfterEach
  void stop() {
    group.close();
  }

  private String key() throws KmipException {
    return admin.create(CipherSpec.AES_256, "ns", null).id();
  }

  @Test
  void lists_keys_in_order_of_creation_and_by_namespace() throws Exception {
    String first = key();
    group.advance(Duration.ofSeconds(2));
    String second = admin.create(CipherSpec.AES_128, "other", null).id();
    assertThat(admin.list(null).keys()).extracting(KeyFacts::id).containsExactly(first, second);
    assertThat(admin.list(null).host()).isEqualTo(group.hosts().get(0));
    assertThat(admin.list("other").keys()).extracting(KeyFacts::id).containsExactly(second);
    assertThat(admin.list("nothing").keys()).isEmpty();
  }

  @Test
  void revoke_deactivates_and_leaves_no_probe_behind() throws Exception {
    String id = key();
    Instant end = group.instant().plus(NOTICE);
    KeyAdministration.Changed changed =
        admin.revoke(id, RevocationReason.CESSATION_OF_OPERATION, "rotation", false);
    assertThat(changed.key().state()).isEqualTo(KeyState.DEACTIVATED);
    assertThat(changed.warnings())
        .containsExactly("nodes may seal with it until " + end + " (key_cache_millis and timeout)");
    assertThat(admin.list(null).keys())
        .filteredOn(k -> k.state() != KeyState.DESTROYED)
        .extracting(KeyFacts::id)
        .containsExactly(id);
  }

  @Test
  void a_second_revoke_does_nothing_and_warns_only_while_nodes_may_seal() throws Exception {
    String id = key();
    RevocationReason why = RevocationReason.CESSATION_OF_OPERATION;
    List<String> first = admin.revoke(id, why, null, false).warnings();
    assertThat(admin.revoke(id, why, null, false).warnings())
        .hasSize(2)
        .containsAll(first)
        .anyMatch(w -> w.contains("already; nothing was done"));
    assertThatThrownBy(() -> admin.destroy(id))
        .as("the same moment for both commands")
        .hasMessageContaining(first.get(0));
    group.advance(NOTICE.plusSeconds(1));
    assertThat(admin.revoke(id, why, null, false).warnings())
        .singleElement()
        .asString()
        .contains("already; nothing was done");
    assertThat(admin.destroy(id)).isEmpty();
  }

  @Test
  void a_destroyed_key_is_called_so_when_somebody_wants_to_end_it() throws Exception {
    String id = key();
    admin.revoke(id, RevocationReason.CESSATION_OF_OPERATION, null, false);
    admin.destroy(id, true);
    assertThatThrownBy(() -> admin.revoke(id, RevocationReason.CESSATION_OF_OPERATION, null, false))
        .isInstanceOf(KeyDestroyedException.class)
        .hasMessageContaining(id + " of group vault is Destroyed: there is nothing left to revoke");
    assertThatThrownBy(() -> admin.expire(id, null))
        .isInstanceOf(KeyDestroyedException.class)
        .hasMessageContaining("nothing left to expire");
  }

  @Test
  void revoke_is_refused_where_revoked_keys_are_not_given_out() throws Exception {
    String id = key();
    group.behaviour().refuseGetIn(ObjectState.DEACTIVATED);
    assertThatThrownBy(() -> admin.revoke(id, RevocationReason.CESSATION_OF_OPERATION, null, false))
        .isInstanceOf(DeactivatedKeysNotServedException.class)
        .hasMessageContaining("--force");
    assertThat(admin.get(id).state()).isEqualTo(KeyState.ACTIVE);
    assertThatThrownBy(() -> admin.revoke(id, RevocationReason.CESSATION_OF_OPERATION, null, true))
        .as("forced, and told what it has done")
        .isInstanceOf(NotVerifiedException.class);
    assertThat(admin.get(id).state()).isEqualTo(KeyState.DEACTIVATED);
  }

  @Test
  void revoke_is_refused_where_no_probe_can_be_made() throws Exception {
    String id = key();
    group.behaviour().refuse("Create", 0xC, "not you");
    assertThatThrownBy(() -> admin.revoke(id, RevocationReason.CESSATION_OF_OPERATION, null, false))
        .isInstanceOf(DeactivatedKeysNotServedException.class)
        .hasMessageContaining("not you");
    assertThat(admin.get(id).state()).isEqualTo(KeyState.ACTIVE);
    assertThat(admin.revoke(id, RevocationReason.CESSATION_OF_OPERATION, null, true).warnings())
        .isNotEmpty();
    assertThat(admin.get(id).state()).isEqualTo(KeyState.DEACTIVATED);
  }

  @Test
  void an_outage_during_the_probe_says_nothing_about_revoked_keys() throws Exception {
    String id = key();
    for (String operation : List.of("GetAttributes", "Create", "Revoke")) {
      awayAt(operation, 1);
      assertThatThrownBy(
              () -> admin.revoke(id, RevocationReason.CESSATION_OF_OPERATION, null, false))
          .as(operation)
          .isInstanceOf(KmipUnavailableException.class)
          .hasMessageContaining("nothing was revoked, for the probe before it found no server");
      back();
      assertThat(admin.get(id).state()).isEqualTo(KeyState.ACTIVE);
    }
  }

  /** The key's attributes, the probe's, and the key's again. */
  @Test
  void an_outage_after_the_revoke_is_told_as_one_and_the_next_command_looks_again()
      throws Exception {
    String id = key();
    awayAt("GetAttributes", 3);
    assertThatThrownBy(() -> admin.revoke(id, RevocationReason.CESSATION_OF_OPERATION, null, false))
        .isInstanceOf(KmipUnavailableException.class)
        .hasMessageContaining("key " + id + " is revoked; whether it is still served");
    back();
    assertThat(admin.revoke(id, RevocationReason.CESSATION_OF_OPERATION, null, false).warnings())
        .anyMatch(w -> w.contains("already; nothing was done"));
    group.behaviour().refuseGetIn(ObjectState.DEACTIVATED);
    assertThatThrownBy(() -> admin.revoke(id, RevocationReason.CESSATION_OF_OPERATION, null, false))
        .isInstanceOf(NotVerifiedException.class)
        .hasMessageContaining("does not give it out any more");
  }

  /** From the answer to that request on. */
  private void awayAt(String operation, int time) {
    AtomicInteger left = new AtomicInteger(time);
    group
        .behaviour()
        .onRequest(
            name -> {
              if (name.equals(operation) && left.decrementAndGet() == 0) {
                group.behaviour().connectivity(Connectivity.DROPPING);
              }
            });
  }

  private void back() {
    group.behaviour().onRequest(name -> {}).connectivity(Connectivity.NORMAL);
  }

  @Test
  void expire_sets_and_moves_the_protect_stop_date() throws Exception {
    String id = key();
    Instant date = group.instant().plus(Duration.ofDays(1));
    assertThat(admin.expire(id, date).key().protectStop()).isEqualTo(date);
    assertThat(admin.get(id).state()).isEqualTo(KeyState.ACTIVE);
    assertThat(admin.expire(id, date.plusSeconds(60)).key().protectStop())
        .isEqualTo(date.plusSeconds(60));
    String other = key();
    assertThat(admin.expire(other, null).key().protectStop()).isEqualTo(group.instant());
  }

  @Test
  void expire_never_becomes_a_revoke_where_the_server_keeps_no_dates() throws Exception {
    String id = key();
    group.behaviour().lacking(Lacking.DATES);
    assertThatThrownBy(() -> admin.expire(id, null))
        .isInstanceOf(ExpiryUnsupportedException.class)
        .hasMessageContaining("managekmip revoke");
    group.behaviour().lacking();
    group.behaviour().refuse("AddAttribute", 4, "Error parsing request message");
    assertThatThrownBy(() -> admin.expire(id, null))
        .as("as PyKMIP answers operations it does not know")
        .isInstanceOf(ExpiryUnsupportedException.class);
    assertThat(admin.get(id).state()).isEqualTo(KeyState.ACTIVE);
  }

  @Test
  void destroy_is_verified_and_refused_for_an_active_key() throws Exception {
    String id = key();
    assertThatThrownBy(() -> admin.destroy(id))
        .isInstanceOf(DestroyRefusedException.class)
        .hasMessageContaining("revoke it first");
    assertThatThrownBy(() -> admin.destroy(id, true))
        .as("the server refuses")
        .isInstanceOf(KmipException.class);
    assertThat(admin.get(id).state()).isEqualTo(KeyState.ACTIVE);
    admin.revoke(id, RevocationReason.CESSATION_OF_OPERATION, null, false);
    assertThatThrownBy(() -> admin.destroy(id))
        .as("nodes may seal with it for key_cache_millis and timeout yet")
        .isInstanceOf(DestroyRefusedException.class)
        .hasMessageContaining("key_cache_millis");
    assertThat(admin.get(id).state()).isEqualTo(KeyState.DEACTIVATED);
    group.advance(DevGroup.KEY_CACHE.plus(DevGroup.TIMEOUT).plusSeconds(1));
    assertThat(admin.destroy(id)).isEmpty();
    assertThatThrownBy(() -> admin.get("no-such-key")).isInstanceOf(KmipNotFoundException.class);
    assertThatThrownBy(
            () -> admin.revoke("no-such-key", RevocationReason.CESSATION_OF_OPERATION, null, false))
        .isInstanceOf(KmipNotFoundException.class);
  }

  @Test
  void a_refusal_of_get_alone_does_not_verify_a_destruction() throws Exception {
    String id = key();
    admin.revoke(id, RevocationReason.CESSATION_OF_OPERATION, null, false);
    group.advance(Duration.ofMinutes(10));
    group.behaviour().refuse("Get", 0xC, "policy");
    assertThat(admin.destroy(id)).as("refused, but its state says it").isEmpty();
  }

  @Test
  void destroy_reports_hosts_that_refuse_or_still_have_the_key() throws Exception {
    try (DevGroup two = DevGroup.strangers()) {
      KeyAdministration both = two.administration();
      String id = both.create(CipherSpec.AES_256, null, null).id();
      both.revoke(id, RevocationReason.CESSATION_OF_OPERATION, null, true);
      two.advance(Duration.ofMinutes(10));
      two.server(1).behaviour().refuse("Get", 0xC, "policy");
      two.server(1).behaviour().refuse("GetAttributes", 0xC, "policy");
      assertThat(both.destroy(id))
          .singleElement()
          .asString()
          .contains("not known", two.hosts().get(1).toString());
    }
  }

  @Test
  void destroy_with_force_or_without_dates_says_what_may_be_lost() throws Exception {
    String compromised = key();
    admin.revoke(compromised, RevocationReason.KEY_COMPROMISE, null, false);
    assertThatThrownBy(() -> admin.destroy(compromised))
        .isInstanceOf(DestroyRefusedException.class);
    assertThat(admin.destroy(compromised, true)).singleElement().asString().contains("--force");
    group.behaviour().lacking(Lacking.DATES);
    String undated = key();
    admin.revoke(undated, RevocationReason.CESSATION_OF_OPERATION, null, false);
    assertThat(admin.destroy(undated)).singleElement().asString().contains("keeps no date");
  }

  @Test
  void a_name_may_be_given() throws Exception {
    assertThat(admin.create(CipherSpec.AES_192, null, null, "my key").name()).isEqualTo("my key");
  }
}
