package io.cassandratde.keys.kmip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyProvider.LastKeyEndedException;
import io.cassandratde.keys.KeyProvider.SealingKey;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.WrongKeyException;
import io.cassandratde.kmip.KeyState;
import io.cassandratde.kmip.RevocationReason;
import io.cassandratde.kmip.devserver.DevServerBehaviour.Lacking;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * One server: choice, states, dates and what servers lack (docs/RULES.md R14, R16), against a real
 * server over TLS.
 */
class KmipKeyProviderTest {

  private static final KeySpec SPEC = KeySpec.kmip(DevGroup.NAME, "cycling", CipherSpec.AES_256);

  private final DevGroup group = DevGroup.single();
  private final KmipKeyProvider provider = group.provider();
  private final KeyAdministration admin = group.administration();

  @AfterEach
  void stop() {
    group.close();
  }

  private String current() {
    return currentKey(null).key().reference().keyId();
  }

  private SealingKey currentKey(@Nullable KeyReference last) {
    return provider.current(SPEC, last);
  }

  @Test
  void the_first_look_makes_one_key_like_dses_and_later_looks_keep_it() throws Exception {
    String id = current();
    assertThat(current()).isEqualTo(id);
    KeyFacts facts = admin.get(id);
    assertThat(facts.name()).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}_0");
    assertThat(facts.namespace()).isEqualTo("cycling");
    assertThat(facts.bits()).isEqualTo(256);
    assertThat(facts.usageMask()).isEqualTo(12);
    assertThat(facts.state()).isEqualTo(KeyState.ACTIVE);
    assertThat(admin.list(null).keys()).hasSize(1);
  }

  @Test
  void specs_that_differ_have_keys_of_their_own() {
    assertThat(
            List.of(
                current(),
                keyOf(KeySpec.kmip(DevGroup.NAME, "other", CipherSpec.AES_256)),
                keyOf(KeySpec.kmip(DevGroup.NAME, null, CipherSpec.AES_256)),
                keyOf(KeySpec.kmip(DevGroup.NAME, "cycling", CipherSpec.AES_128))))
        .doesNotHaveDuplicates();
  }

  private String keyOf(KeySpec spec) {
    return provider.current(spec, null).key().reference().keyId();
  }

  @Test
  void a_revoked_key_is_replaced_and_still_opens() throws Exception {
    DataKey first = currentKey(null).key();
    group.advance(Duration.ofMinutes(1));
    admin.revoke(first.reference().keyId(), RevocationReason.CESSATION_OF_OPERATION, null, false);
    SealingKey second = currentKey(first.reference());
    assertThat(second.key().reference().keyId()).isNotEqualTo(first.reference().keyId());
    assertThat(second.reason()).contains("may not seal any more");
    assertThat(admin.get(first.reference().keyId()).state()).isEqualTo(KeyState.DEACTIVATED);
    assertThat(provider.byId(SPEC, first.reference()).reference()).isEqualTo(first.reference());
  }

  @Test
  void a_compromised_key_stops_sealing_at_once_and_still_opens() throws Exception {
    DataKey first = currentKey(null).key();
    admin.revoke(
        first.reference().keyId(), RevocationReason.KEY_COMPROMISE, "found on a disk", false);
    assertThat(admin.get(first.reference().keyId()).state()).isEqualTo(KeyState.COMPROMISED);
    assertThat(currentKey(first.reference()).key().reference()).isNotEqualTo(first.reference());
    assertThat(provider.byId(SPEC, first.reference()).reference()).isEqualTo(first.reference());
  }

  @Test
  void an_expired_key_is_replaced_stays_active_and_opens() throws Exception {
    DataKey first = currentKey(null).key();
    admin.expire(first.reference().keyId(), null);
    SealingKey second = currentKey(first.reference());
    assertThat(second.key().reference()).isNotEqualTo(first.reference());
    assertThat(second.sealUntil()).isNull();
    assertThat(admin.get(first.reference().keyId()).state()).isEqualTo(KeyState.ACTIVE);
    assertThat(provider.byId(SPEC, first.reference()).reference()).isEqualTo(first.reference());
  }

  @Test
  void a_key_with_a_date_seals_until_then_and_its_successor_is_made_one_refresh_ahead()
      throws Exception {
    DataKey first = currentKey(null).key();
    group.advance(Duration.ofHours(1));
    var end = group.instant().plus(Duration.ofHours(2));
    admin.expire(first.reference().keyId(), end);
    SealingKey still = currentKey(first.reference());
    assertThat(still.key().reference()).isEqualTo(first.reference());
    assertThat(still.sealUntil()).isBetween(end.minusSeconds(2), end);
    group.advance(Duration.ofHours(2).minusMinutes(4));
    assertThat(currentKey(first.reference()).key().reference()).isNotEqualTo(first.reference());
  }

  @Test
  void a_key_whose_life_is_shorter_than_a_refresh_is_used_to_its_end_and_not_multiplied()
      throws Exception {
    DataKey first = currentKey(null).key();
    admin.expire(first.reference().keyId(), group.instant().plus(Duration.ofMinutes(3)));
    assertThat(currentKey(first.reference()).key().reference()).isEqualTo(first.reference());
    assertThat(admin.list(null).keys()).hasSize(1);
  }

  @Test
  void when_no_successor_can_be_made_the_ending_key_seals_on_until_its_date() throws Exception {
    DataKey first = currentKey(null).key();
    group.advance(Duration.ofHours(1));
    admin.expire(first.reference().keyId(), group.instant().plus(Duration.ofMinutes(2)));
    group.behaviour().refuse("Create", 0xC, "quota");
    assertThat(currentKey(first.reference()).key().reference()).isEqualTo(first.reference());
    group.advance(Duration.ofMinutes(2));
    assertThatThrownBy(() -> currentKey(first.reference())).hasMessageContaining("quota");
  }

  @Test
  void a_key_that_somebody_made_elsewhere_is_taken_when_it_is_the_newest() throws Exception {
    String first = current();
    group.advance(Duration.ofMinutes(1));
    String made = admin.create(CipherSpec.AES_256, "cycling", null, "made by hand").id();
    assertThat(current()).isEqualTo(made).isNotEqualTo(first);
    group.advance(Duration.ofMinutes(1));
    admin.create(CipherSpec.AES_256, "other", null);
    admin.create(CipherSpec.AES_128, "cycling", null);
    assertThat(current()).isEqualTo(made);
  }

  @Test
  void a_destroyed_or_unknown_key_is_not_found() throws Exception {
    DataKey first = currentKey(null).key();
    admin.revoke(first.reference().keyId(), RevocationReason.CESSATION_OF_OPERATION, null, false);
    admin.destroy(first.reference().keyId(), true);
    assertThatThrownBy(() -> provider.byId(SPEC, first.reference()))
        .isInstanceOf(KeyNotFoundException.class)
        .hasNoCause()
        .hasMessageContaining(first.reference().keyId())
        .hasMessageContaining(DevGroup.NAME);
    assertThatThrownBy(
            () -> provider.byId(SPEC, new KeyReference(SPEC.groupTag(), "no-such-key", 1)))
        .isInstanceOf(KeyNotFoundException.class);
  }

  @Test
  void all_servers_down_is_an_outage_and_ends_with_it() {
    DataKey first = currentKey(null).key();
    group.server(0).close();
    assertThatThrownBy(() -> currentKey(first.reference()))
        .isInstanceOf(KeyUnavailableException.class)
        .hasNoCause()
        .hasMessageContaining(group.hosts().get(0).toString());
    assertThatThrownBy(() -> provider.byId(SPEC, first.reference()))
        .isInstanceOf(KeyUnavailableException.class);
  }

  @Test
  void servers_without_dates_do_by_state_alone() throws Exception {
    group.behaviour().lacking(Lacking.DATES);
    DataKey first = currentKey(null).key();
    assertThat(admin.get(first.reference().keyId()).activation()).isNull();
    group.advance(Duration.ofMinutes(1));
    admin.revoke(first.reference().keyId(), RevocationReason.CESSATION_OF_OPERATION, null, false);
    assertThat(currentKey(first.reference()).key().reference()).isNotEqualTo(first.reference());
  }

  @Test
  void the_namespace_goes_where_the_server_can_keep_it() throws Exception {
    group.behaviour().lacking(Lacking.OBJECT_GROUP);
    String byApplication = current();
    assertThat(admin.get(byApplication).namespace()).isEqualTo("cycling");
    assertThat(current()).isEqualTo(byApplication);
    admin.revoke(byApplication, RevocationReason.CESSATION_OF_OPERATION, null, false);
    group.behaviour().lacking(Lacking.OBJECT_GROUP, Lacking.APPLICATION_SPECIFIC_INFORMATION);
    String byName = current();
    assertThat(byName).isNotEqualTo(byApplication);
    assertThat(admin.get(byName).name()).startsWith("cycling/");
    assertThat(admin.get(byName).namespace()).isEqualTo("cycling");
    assertThat(current()).isEqualTo(byName);
    assertThat(keyOf(KeySpec.kmip(DevGroup.NAME, null, CipherSpec.AES_256))).isNotEqualTo(byName);
  }

  @Test
  void servers_that_make_keys_active_and_tell_no_time_work_too() throws Exception {
    group.behaviour().createActive(true).timeStamps(false);
    String id = current();
    assertThat(current()).isEqualTo(id);
    assertThat(admin.get(id).state()).isEqualTo(KeyState.ACTIVE);
    assertThat(admin.list(null).keys()).hasSize(1);
  }

  @Test
  void servers_without_time_stamps_elect_after_a_pause() {
    group.behaviour().timeStamps(false);
    assertThat(current()).isEqualTo(current());
  }

  @Test
  void a_server_that_answers_filters_it_lacks_with_everything_is_not_believed() throws Exception {
    group.behaviour().unknownFilterMatchesAll(true).lacking(Lacking.OBJECT_GROUP);
    admin.create(CipherSpec.AES_256, "other", null);
    String id = current();
    assertThat(admin.get(id).namespace()).isEqualTo("cycling");
  }

  @Test
  void an_election_that_was_left_half_done_is_finished_with_the_key_it_made() throws Exception {
    group.behaviour().refuse("Activate", 0xC, "not now");
    assertThatThrownBy(this::current).isInstanceOf(RuntimeException.class);
    group.behaviour().allow("Activate");
    String id = current();
    assertThat(admin.list(null).keys()).extracting(KeyFacts::id).containsExactly(id);
  }

  @Test
  void a_server_that_never_lists_what_it_made_is_not_filled_with_keys() {
    group.behaviour().refuse("Activate", 0xB, "never");
    assertThatThrownBy(this::current).isInstanceOf(RuntimeException.class);
    assertThat(group.behaviour().received("Create")).isEqualTo(1);
  }

  @Test
  void a_server_that_drops_what_tells_keys_apart_gets_no_active_key_and_the_failure_names_it()
      throws Exception {
    group.behaviour().droppingSilently(Lacking.OBJECT_GROUP);
    assertThatThrownBy(this::current)
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining("Object Group (namespace) is not there where cycling was asked for")
        .hasMessageContaining("destroyed before it was ever Active");
    assertThat(admin.list(null).keys())
        .allSatisfy(key -> assertThat(key.state()).isEqualTo(KeyState.DESTROYED));
    assertThat(group.behaviour().received("Activate")).isZero();
    group.behaviour().droppingSilently();
    assertThat(admin.get(current()).namespace()).isEqualTo("cycling");
  }

  @Test
  void a_contender_that_an_operator_removed_is_made_again() throws Exception {
    group.behaviour().refuse("Activate", 0xB, "never");
    assertThatThrownBy(this::current).isInstanceOf(RuntimeException.class);
    String made = admin.list(null).keys().get(0).id();
    admin.destroy(made);
    group.behaviour().allow("Activate");
    assertThat(current()).isNotEqualTo(made);
    assertThat(group.behaviour().received("Create")).isEqualTo(2);
  }

  @Test
  void the_reason_of_a_choice_names_the_key() throws Exception {
    String made = admin.create(CipherSpec.AES_256, "cycling", null, "made\nelsewhere").id();
    SealingKey chosen = currentKey(null);
    assertThat(chosen.key().reference().keyId()).isEqualTo(made);
    assertThat(chosen.reason()).contains("its name is made").doesNotContain("\n");
    assertThat(currentKey(chosen.key().reference()).reason()).contains("its name is made");
  }

  @Test
  void hosts_tell_how_they_fare() {
    assertThat(provider.hosts())
        .singleElement()
        .satisfies(host -> assertThat(host.lastAnswer()).isNull());
    String unused = current();
    assertThat(provider.hosts())
        .singleElement()
        .satisfies(
            host -> {
              assertThat(host.group()).isEqualTo(DevGroup.NAME);
              assertThat(host.host()).isEqualTo(group.hosts().get(0).toString());
              assertThat(host.failuresInARow()).isZero();
              assertThat(host.lastAnswer()).isNotNull();
            });
    group.server(0).close();
    assertThatThrownBy(this::current).isInstanceOf(KeyUnavailableException.class);
    assertThat(provider.hosts())
        .singleElement()
        .satisfies(
            host -> {
              assertThat(host.failuresInARow()).isPositive();
              assertThat(host.lastError()).isNotNull();
            });
  }

  @Test
  void a_revoked_key_without_a_successor_ends_sealing_where_an_outage_would_not() throws Exception {
    DataKey first = currentKey(null).key();
    admin.revoke(first.reference().keyId(), RevocationReason.CESSATION_OF_OPERATION, null, false);
    group.behaviour().refuse("Create", 0xC, "quota");
    assertThatThrownBy(() -> currentKey(first.reference()))
        .isInstanceOf(LastKeyEndedException.class)
        .hasMessageContaining("quota");
    group.behaviour().refuse("Locate", 0x100, "database is down");
    assertThatThrownBy(() -> currentKey(first.reference()))
        .isInstanceOf(KeyUnavailableException.class);
  }

  @Test
  void a_server_that_calls_an_empty_list_not_found_gets_a_first_key_all_the_same() {
    group.behaviour().refuse("Locate", 1, "nothing there");
    assertThatThrownBy(this::current).isInstanceOf(KeyUnavailableException.class);
    assertThat(group.behaviour().received("Create"))
        .as("the election was reached, once")
        .isEqualTo(1);
    assertThatThrownBy(this::current).isInstanceOf(KeyUnavailableException.class);
    assertThat(group.behaviour().received("Create"))
        .as("a key that is never listed is not made again")
        .isEqualTo(1);
    group.behaviour().allow("Locate");
    assertThat(current()).isEqualTo(current());
    assertThat(group.behaviour().received("Create")).isEqualTo(1);
  }

  @Test
  void a_key_with_an_end_in_the_year_9999_seals_without_end() throws Exception {
    DataKey first = currentKey(null).key();
    admin.expire(first.reference().keyId(), Instant.parse("9999-12-31T23:59:59Z"));
    SealingKey still = currentKey(first.reference());
    assertThat(still.key().reference()).isEqualTo(first.reference());
    assertThat(still.sealUntil()).isNull();
  }

  @Test
  void another_key_under_the_id_of_the_last_one_is_not_sealed_with() {
    DataKey first = currentKey(null).key();
    KeyReference other = new KeyReference(SPEC.groupTag(), first.reference().keyId(), 1);
    assertThatThrownBy(() -> currentKey(other)).isInstanceOf(WrongKeyException.class);
  }

  @Test
  void a_group_that_is_not_configured_is_refused_with_the_remedy() {
    assertThatThrownBy(() -> provider.check(KeySpec.kmip("nowhere", null, CipherSpec.AES_256)))
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining("kmip_hosts");
  }
}
