package io.cassandratde.keys.kmip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyProvider.LastKeyEndedException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.kmip.KmipHost;
import io.cassandratde.kmip.RevocationReason;
import io.cassandratde.kmip.hostile.ClosedPort;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Several hosts: dead ones, replicas and strangers (docs/RULES.md R15, R20), against real servers
 * over TLS.
 */
class KmipHostsTest {

  private static final KeySpec SPEC = KeySpec.kmip(DevGroup.NAME, "cycling", CipherSpec.AES_256);

  /** Nothing listens there. */
  private static KmipHost dead() {
    return new KmipHost("127.0.0.1", ClosedPort.reserve());
  }

  @Test
  void a_dead_first_host_is_no_error() {
    try (DevGroup group = DevGroup.single()) {
      KmipKeyProvider provider = group.provider(dead(), group.hosts().get(0));
      KeyReference key = provider.current(SPEC, null).key().reference();
      assertThat(provider.byId(SPEC, key).reference()).isEqualTo(key);
      assertThat(provider.current(SPEC, key).key().reference()).isEqualTo(key);
    }
  }

  @Test
  void a_new_key_is_read_back_from_every_host_once() {
    try (DevGroup group = DevGroup.replicated()) {
      KmipKeyProvider provider = group.provider();
      KeyReference key = provider.current(SPEC, null).key().reference();
      assertThat(group.server(0).behaviour().received("Get")).isEqualTo(1);
      assertThat(group.server(1).behaviour().received("Get")).isEqualTo(1);
      provider.current(SPEC, key);
      assertThat(group.server(1).behaviour().received("Get")).isEqualTo(1);
    }
  }

  @Test
  void a_key_that_one_host_alone_has_seals_nothing() {
    try (DevGroup group = DevGroup.strangers()) {
      assertThatThrownBy(() -> group.provider().current(SPEC, null))
          .isInstanceOf(KeyUnavailableException.class)
          .hasMessageContaining("not on every reachable host");
    }
  }

  @Test
  void when_a_new_key_is_not_replicated_the_last_one_seals_on() throws Exception {
    try (DevGroup group = DevGroup.strangers()) {
      KmipHost first = group.hosts().get(0);
      KmipHost second = group.hosts().get(1);
      KmipKeyProvider alone = group.provider(first);
      KeyReference last = alone.current(SPEC, null).key().reference();
      group.advance(Duration.ofMinutes(1));
      String newer = group.administration(first).create(CipherSpec.AES_256, "cycling", null).id();
      KmipKeyProvider both = group.provider(first, second);
      assertThat(both.current(SPEC, last).key().reference()).isEqualTo(last);
      assertThat(alone.current(SPEC, last).key().reference().keyId()).isEqualTo(newer);
    }
  }

  @Test
  void with_one_host_of_several_reachable_the_last_key_is_preferred_until_the_others_are_back()
      throws Exception {
    try (DevGroup group = DevGroup.replicated()) {
      KmipHost dead = dead();
      KmipHost first = group.hosts().get(0);
      KeyReference last = group.provider().current(SPEC, null).key().reference();
      group.advance(Duration.ofMinutes(1));
      String newer = group.administration().create(CipherSpec.AES_256, "cycling", null).id();
      assertThat(group.provider(first, dead).current(SPEC, last).key().reference()).isEqualTo(last);
      assertThat(group.provider().current(SPEC, last).key().reference().keyId()).isEqualTo(newer);
      assertThat(group.provider(first, dead).current(SPEC, null).key().reference().keyId())
          .as("without a last key there is nothing to prefer")
          .isEqualTo(newer);
    }
  }

  /** A key that data names is not new, so its loss on one host stops a node no more than before. */
  @Test
  void after_a_restart_a_key_that_opened_data_names_seals_on_without_a_new_proof() {
    try (DevGroup group = DevGroup.strangers()) {
      KmipHost has = group.hosts().get(0);
      KmipHost lacks = group.hosts().get(1);
      KeyReference sealed = group.provider(has).current(SPEC, null).key().reference();
      KmipKeyProvider restarted = group.provider(has, lacks);
      assertThatThrownBy(() -> restarted.current(SPEC, null))
          .as("nothing tells it from a new key yet")
          .isInstanceOf(KeyUnavailableException.class)
          .hasMessageContaining("not on every reachable host");
      assertThat(restarted.byId(SPEC, sealed).reference()).isEqualTo(sealed);
      assertThat(restarted.current(SPEC, null).key().reference()).isEqualTo(sealed);
    }
  }

  @Test
  void after_a_restart_a_key_that_opened_data_names_is_preferred_to_a_newer_one_without_proof()
      throws Exception {
    try (DevGroup group = DevGroup.replicated()) {
      KmipHost first = group.hosts().get(0);
      KeyReference sealed = group.provider().current(SPEC, null).key().reference();
      group.advance(Duration.ofMinutes(1));
      String newer = group.administration().create(CipherSpec.AES_256, "cycling", null).id();
      KmipKeyProvider restarted = group.provider(first, dead());
      assertThat(restarted.byId(SPEC, sealed).reference()).isEqualTo(sealed);
      assertThat(restarted.current(SPEC, null).key().reference())
          .as("only one host of several answers")
          .isEqualTo(sealed);
      KmipKeyProvider recovered = group.provider();
      assertThat(recovered.byId(SPEC, sealed).reference()).isEqualTo(sealed);
      assertThat(recovered.current(SPEC, null).key().reference().keyId()).isEqualTo(newer);
    }
  }

  @Test
  void data_that_only_claims_to_be_under_a_key_does_not_spare_it_the_proof() {
    try (DevGroup group = DevGroup.strangers()) {
      KmipHost has = group.hosts().get(0);
      KeyReference real = group.provider(has).current(SPEC, null).key().reference();
      KeyReference claimed =
          new KeyReference(real.groupTag(), real.keyId(), real.checkValue() ^ 0x5A5A);
      KmipKeyProvider restarted = group.provider(has, group.hosts().get(1));
      assertThat(restarted.byId(SPEC, claimed).reference())
          .as("the cache refuses it")
          .isEqualTo(real);
      assertThatThrownBy(() -> restarted.current(SPEC, null))
          .isInstanceOf(KeyUnavailableException.class)
          .hasMessageContaining("not on every reachable host");
    }
  }

  @Test
  void a_key_that_only_the_second_host_has_is_found_there() {
    try (DevGroup group = DevGroup.strangers()) {
      KmipHost first = group.hosts().get(0);
      KmipHost second = group.hosts().get(1);
      KeyReference key = group.provider(second).current(SPEC, null).key().reference();
      assertThat(group.provider().byId(SPEC, key).reference()).isEqualTo(key);
      assertThatThrownBy(() -> group.provider(first).byId(SPEC, key))
          .isInstanceOf(KeyNotFoundException.class);
      assertThatThrownBy(() -> group.provider(first, dead()).byId(SPEC, key))
          .as("it may be on the host that does not answer")
          .isInstanceOf(KeyUnavailableException.class);
    }
  }

  @Test
  void a_host_that_talks_nonsense_neither_keeps_a_revoked_key_sealing_nor_stops_the_others()
      throws Exception {
    try (DevGroup group = DevGroup.single();
        NonsenseServer nonsense = new NonsenseServer()) {
      KmipHost good = group.hosts().get(0);
      KmipKeyProvider provider = group.provider(nonsense.host(), good);
      KeyReference first = provider.current(SPEC, null).key().reference();
      group
          .administration(good)
          .revoke(first.keyId(), RevocationReason.CESSATION_OF_OPERATION, null, false);
      assertThat(provider.current(SPEC, first).key().reference()).isNotEqualTo(first);
      group.behaviour().refuse("Create", 0xC, "quota");
      KeyReference second = provider.current(SPEC, first).key().reference();
      group
          .administration(good)
          .revoke(second.keyId(), RevocationReason.CESSATION_OF_OPERATION, null, true);
      assertThatThrownBy(() -> provider.current(SPEC, second))
          .isInstanceOf(LastKeyEndedException.class);
      assertThat(nonsense.connections()).isPositive();
    }
  }

  @Test
  void the_second_host_takes_over_when_the_first_one_goes() {
    try (DevGroup group = DevGroup.replicated()) {
      KmipKeyProvider provider = group.provider();
      KeyReference key = provider.current(SPEC, null).key().reference();
      group.server(0).close();
      assertThat(provider.current(SPEC, key).key().reference()).isEqualTo(key);
      assertThat(provider.byId(SPEC, key).reference()).isEqualTo(key);
    }
  }
}
