package io.cassandratde.keys.kmip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeyAccessDeniedException;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.SealCount;
import io.cassandratde.keys.WrongKeyException;
import io.cassandratde.keys.master.DamagedWrapException;
import io.cassandratde.keys.master.KeyBinding;
import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.keys.master.Vectors;
import io.cassandratde.keys.master.WrappedKey;
import io.cassandratde.kmip.CryptographicAlgorithm;
import io.cassandratde.kmip.KmipClient;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipHost;
import io.cassandratde.kmip.RevocationReason;
import io.cassandratde.kmip.SecretBytes;
import io.cassandratde.kmip.UsageMask;
import io.cassandratde.kmip.attribute.Attributes;
import io.cassandratde.kmip.devserver.DevServerBehaviour.Connectivity;
import io.cassandratde.kmip.devserver.DevServerBehaviour.Nonces;
import io.cassandratde.kmip.devserver.DevServerBehaviour.Unauthenticated;
import io.cassandratde.kmip.operation.Activate;
import io.cassandratde.kmip.operation.Get;
import io.cassandratde.kmip.operation.Register;
import io.cassandratde.kmip.operation.Revoke;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Master keys that wrap on a real server over TLS, from which nobody gets them. */
@Timeout(180)
class ServerMasterKeysTest {

  private static final KeyBinding BINDING =
      new KeyBinding("prod", "cycling", CipherSpec.AES_256, UUID.randomUUID(), 3);

  private final byte[] material = new byte[32];
  private DevGroup group = DevGroup.single();

  ServerMasterKeysTest() {
    material[0] = 7;
  }

  @AfterEach
  void stop() {
    group.close();
  }

  private MasterKeys masters(KmipHost... hosts) {
    return group.provider(hosts).serverMasterKeys(DevGroup.NAME, "master");
  }

  private WrappedKey wrapped(MasterKeys masters) {
    return masters.wrap(masters.current(), material, BINDING);
  }

  private static byte[] opened(MasterKeys masters, WrappedKey wrapped) throws Exception {
    return masters.unwrap(WrappedKey.parse(wrapped.bytes()), BINDING, byte[]::clone);
  }

  /** A key of 32 bytes of {@code fill}, known to this test, as the current one. */
  private String registered(int host, int fill) throws KmipException {
    byte[] key = new byte[32];
    java.util.Arrays.fill(key, (byte) fill);
    KmipClient client = group.client(group.hosts().get(host));
    Attributes template =
        Attributes.builder().usageMask(UsageMask.ENCRYPT_DECRYPT).objectGroup("master").build();
    try (SecretBytes secret = new SecretBytes(key)) {
      return client.call(
          new Activate(
              client.call(Register.symmetricKey(template, secret, CryptographicAlgorithm.AES))));
    }
  }

  @Test
  void a_key_is_made_that_nobody_gets_and_wraps_and_unwraps_on_all_nodes() throws Exception {
    MasterKeys first = masters();
    WrappedKey wrapped = wrapped(first);
    MasterKeys second = masters();
    assertThat(second.current()).isEqualTo(first.current()).isEqualTo(wrapped.masterKey());
    assertThat(opened(second, wrapped)).isEqualTo(material);
    assertThat(wrapped.method()).isEqualTo(WrappedKey.Method.SERVER);
    assertThat(wrapped(first).bytes()).as("a nonce of its own").isNotEqualTo(wrapped.bytes());
    assertThat(group.behaviour().received("Get")).isZero();
    byte[] used = second.unwrap(wrapped, BINDING, it -> it);
    assertThat(used).as("wiped when its use ends").isEqualTo(new byte[32]);
    String id = wrapped.masterKey().keyId();
    assertThatThrownBy(() -> group.client().call(new Get(id)))
        .isInstanceOf(KmipException.class)
        .hasMessageContaining("not extractable");
    KeyFacts facts = group.administration().get(id);
    assertThat(facts.namespace()).isEqualTo("master");
    assertThat(facts.bits()).isEqualTo(256);
  }

  @Test
  void each_byte_and_each_part_of_the_binding_is_authenticated() throws Exception {
    MasterKeys masters = masters();
    WrappedKey wrapped = wrapped(masters);
    byte[] bytes = wrapped.bytes();
    int lengthOfNonce = 12 + wrapped.masterKey().keyId().length();
    for (int at = lengthOfNonce; at < bytes.length; at += at < lengthOfNonce + 3 ? 1 : 13) {
      byte[] changed = bytes.clone();
      changed[at] ^= 4;
      assertThatThrownBy(() -> masters.unwrap(WrappedKey.parse(changed), BINDING, byte[]::clone))
          .as("byte %d", at)
          .isInstanceOf(DamagedWrapException.class);
    }
    for (KeyBinding other :
        List.of(
            new KeyBinding("prod", "cyclin", CipherSpec.AES_256, BINDING.keyId(), 3),
            new KeyBinding("prod", "cycling", CipherSpec.AES_256, BINDING.keyId(), 4))) {
      assertThatThrownBy(() -> masters.unwrap(wrapped, other, byte[]::clone))
          .isInstanceOf(DamagedWrapException.class)
          .hasMessageContaining(other.toString());
    }
  }

  @Test
  void the_bytes_and_the_check_value_are_as_documented() throws Exception {
    List<Vectors.Vector> vectors = Vectors.of("server");
    assertThat(vectors).hasSize(2);
    registered(0, 1);
    for (Vectors.Vector vector : vectors) {
      WrappedKey wrapped = WrappedKey.parse(vector.wrapped());
      assertThat(wrapped.masterKey().groupTag()).isEqualTo(masters().current().groupTag());
      assertThat(wrapped.masterKey().checkValue()).isEqualTo(masters().current().checkValue());
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(
          Cipher.DECRYPT_MODE,
          new SecretKeySpec(Vectors.masterKey(), "AES"),
          new GCMParameterSpec(128, wrapped.fresh()));
      cipher.updateAAD(WrappedKey.aad(wrapped.stem(), vector.binding()));
      assertThat(cipher.doFinal(wrapped.sealed())).isEqualTo(vector.key());
      assertThat(
              WrappedKey.of(
                      wrapped.method(), wrapped.masterKey(), wrapped.fresh(), wrapped.sealed())
                  .bytes())
          .isEqualTo(vector.wrapped());
    }
  }

  @ParameterizedTest
  @EnumSource(Nonces.class)
  void servers_that_make_nonces_or_append_tags_give_the_same_keys(Nonces nonces) throws Exception {
    MasterKeys masters = masters();
    KeyReference usual = masters.current();
    WrappedKey before = wrapped(masters);
    group.behaviour().nonces(nonces).tagInData(nonces != Nonces.AS_GIVEN);
    MasterKeys other = masters();
    assertThat(other.current()).isEqualTo(usual);
    WrappedKey wrapped = wrapped(other);
    assertThat(wrapped.masterKey()).isEqualTo(usual);
    for (MasterKeys each : List.of(masters, other, masters())) {
      assertThat(opened(each, wrapped)).isEqualTo(material);
      assertThat(opened(each, before)).isEqualTo(material);
    }
    byte[] changed = wrapped.bytes();
    changed[changed.length - 1] ^= 1;
    assertThatThrownBy(() -> other.unwrap(WrappedKey.parse(changed), BINDING, byte[]::clone))
        .isInstanceOf(DamagedWrapException.class);
  }

  @Test
  void a_server_that_cannot_wrap_is_refused_with_the_remedy_and_nothing_is_fetched() {
    group.behaviour().highestVersion(1, 3);
    assertThatThrownBy(() -> masters().current())
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining("speaks KMIP 1.3")
        .hasMessageContaining("wrap_at: server");
    group.behaviour().highestVersion(2, 1);
    for (String lacking : List.of("Encrypt", "Decrypt")) {
      group.behaviour().lackingOperation(lacking);
      assertThatThrownBy(() -> group.provider().requireHeld(DevGroup.NAME))
          .as(lacking)
          .isInstanceOf(KeyConfigException.class)
          .hasMessageContaining("has not both of Encrypt and Decrypt")
          .hasMessageContaining("wrap_at: server");
      group.behaviour().allow(lacking);
    }
    group.behaviour().lackingOperation("Encrypt");
    assertThatThrownBy(() -> masters().current()).isInstanceOf(KeyConfigException.class);
    assertThat(group.behaviour().received("Create")).isZero();
    assertThat(group.behaviour().received("Get")).isZero();
  }

  @ParameterizedTest
  @EnumSource(value = Unauthenticated.class, mode = EnumSource.Mode.EXCLUDE, names = "NOTHING")
  void a_server_that_takes_what_was_changed_wraps_and_unwraps_nothing(Unauthenticated what)
      throws Exception {
    MasterKeys proved = masters();
    WrappedKey wrapped = wrapped(proved);
    long first = group.behaviour().received("Decrypt");
    assertThat(first).as("each host shows it").isPositive();
    WrappedKey second = wrapped(proved);
    assertThat(group.behaviour().received("Decrypt")).as("once").isEqualTo(first);
    assertThat(opened(proved, second)).isEqualTo(material);
    assertThat(group.behaviour().received("Decrypt")).isEqualTo(first + 1);

    group.behaviour().unauthenticated(what);
    MasterKeys masters = masters();
    KeyReference current = masters.current();
    for (ThrowingCallable each :
        List.<ThrowingCallable>of(
            () -> masters.wrap(current, material, BINDING),
            () -> masters.unwrap(wrapped, BINDING, byte[]::clone))) {
      assertThatThrownBy(each)
          .isInstanceOf(KeyConfigException.class)
          .hasMessageContaining("host " + group.hosts().get(0))
          .hasMessageContaining(
              what == Unauthenticated.TAG
                  ? "opens what has another tag"
                  : "does not authenticate additional data")
          .hasMessageContaining("wrap_at: server");
    }
    group.behaviour().unauthenticated(Unauthenticated.NOTHING);
    assertThat(opened(masters, wrapped(masters))).isEqualTo(material);
  }

  @Test
  void a_host_that_stands_in_shows_it_too() throws Exception {
    group.close();
    group = DevGroup.replicated();
    MasterKeys masters = masters();
    WrappedKey wrapped = wrapped(masters);
    group.server(0).behaviour().connectivity(Connectivity.DROPPING);
    group.server(1).behaviour().unauthenticated(Unauthenticated.TAG);
    assertThatThrownBy(() -> opened(masters, wrapped))
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining("host " + group.hosts().get(1));
    group.server(1).behaviour().unauthenticated(Unauthenticated.NOTHING);
    assertThat(opened(masters, wrapped)).isEqualTo(material);
  }

  @Test
  void each_key_seals_as_often_as_its_random_nonces_allow() throws Exception {
    KeyReference first = masters().current();
    HeldKeys keys = new HeldKeys(group.client(), new SealCount(1));
    WrappedKey wrapped = keys.wrap(first, material, BINDING);
    assertThatThrownBy(() -> keys.wrap(first, material, BINDING))
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining("this process has sealed 1 times")
        .hasMessageContaining(first.toString())
        .hasMessageContaining("group " + DevGroup.NAME);
    KeyReference second = keys.key(null, first.groupTag(), registered(0, 1)).reference();
    assertThat(keys.open(keys.wrap(second, material, BINDING), BINDING)).isEqualTo(material);
    byte[] changed = wrapped.bytes();
    changed[changed.length - 1] ^= 1;
    assertThatThrownBy(() -> keys.open(WrappedKey.parse(changed), BINDING))
        .as("the canary of damage counts too")
        .isInstanceOf(KeyConfigException.class);
  }

  @Test
  void a_key_that_is_no_more_active_unwraps_and_does_not_wrap_and_damage_cannot_be_told()
      throws Exception {
    MasterKeys masters = masters();
    WrappedKey wrapped = wrapped(masters);
    KeyReference first = wrapped.masterKey();
    group.advance(Duration.ofMinutes(1));
    group.client().call(new Revoke(first.keyId(), RevocationReason.CESSATION_OF_OPERATION));
    assertThat(masters.current()).isNotEqualTo(first);
    assertThat(opened(masters, wrapped)).isEqualTo(material);
    assertThatThrownBy(() -> masters.wrap(first, material, BINDING))
        .isInstanceOf(KeyAccessDeniedException.class)
        .hasMessageContaining("state or usage mask");
    byte[] changed = wrapped.bytes();
    changed[changed.length - 1] ^= 1;
    assertThatThrownBy(() -> masters.unwrap(WrappedKey.parse(changed), BINDING, byte[]::clone))
        .isInstanceOf(KeyUnavailableException.class)
        .hasMessageContaining(first.keyId());
  }

  @Test
  void an_outage_is_no_damage() throws Exception {
    MasterKeys masters = masters();
    WrappedKey wrapped = wrapped(masters);
    group.behaviour().refuse("Decrypt", 0x100, "the HSM is away");
    assertThatThrownBy(() -> opened(masters, wrapped))
        .isInstanceOf(KeyUnavailableException.class)
        .hasMessageContaining("the HSM is away");
    group.behaviour().allow("Decrypt").connectivity(Connectivity.DROPPING);
    assertThatThrownBy(() -> opened(masters, wrapped)).isInstanceOf(KeyUnavailableException.class);
    group.behaviour().connectivity(Connectivity.NORMAL);
    assertThat(opened(masters, wrapped)).isEqualTo(material);
  }

  @Test
  void another_host_of_the_group_stands_in() throws Exception {
    group.close();
    group = DevGroup.replicated();
    MasterKeys masters = masters();
    WrappedKey wrapped = wrapped(masters);
    group.server(0).behaviour().connectivity(Connectivity.DROPPING);
    assertThat(opened(masters, wrapped)).isEqualTo(material);
    assertThat(opened(masters, wrapped(masters))).isEqualTo(material);
  }

  @Test
  void a_host_with_another_key_under_the_id_wraps_nothing_that_counts() throws Exception {
    group.close();
    group = DevGroup.strangers();
    registered(0, 1);
    KmipHost lacking = group.hosts().get(1);
    MasterKeys right = masters(group.hosts().get(0));
    WrappedKey wrapped = wrapped(right);
    KeyReference key = wrapped.masterKey();
    assertThat(opened(masters(lacking, group.hosts().get(0)), wrapped))
        .as("on whichever host has the key")
        .isEqualTo(material);
    assertThatThrownBy(() -> opened(masters(lacking), wrapped))
        .isInstanceOf(KeyNotFoundException.class)
        .hasMessageContaining(key.keyId());
    WrappedKey byTheOther = masters(lacking, group.hosts().get(0)).wrap(key, material, BINDING);
    assertThat(opened(right, byTheOther)).isEqualTo(material);
    KeyReference another = new KeyReference(key.groupTag(), key.keyId(), key.checkValue() ^ 1);
    assertThatThrownBy(() -> right.wrap(another, material, BINDING))
        .isInstanceOf(WrongKeyException.class)
        .hasMessageContaining("restored or different server");
    WrappedKey byAnother =
        WrappedKey.of(WrappedKey.Method.SERVER, another, new byte[12], new byte[48]);
    assertThatThrownBy(() -> opened(right, byAnother)).isInstanceOf(WrongKeyException.class);
  }

  /** Else whoever reads that throws away what opens when the host is back. */
  @Test
  void a_key_that_the_host_which_is_away_may_have_is_not_told_as_lost() throws Exception {
    group.close();
    group = DevGroup.strangers();
    registered(0, 1);
    WrappedKey wrapped = wrapped(masters(group.hosts().get(0)));
    group.server(0).behaviour().connectivity(Connectivity.DROPPING);
    assertThatThrownBy(() -> opened(masters(group.hosts().get(1), group.hosts().get(0)), wrapped))
        .isInstanceOf(KeyUnavailableException.class)
        .hasMessageContaining(wrapped.masterKey().keyId());
  }

  @Test
  void what_a_fetched_key_wrapped_is_not_taken_for_what_a_server_wrapped() {
    KeyReference key = masters().current();
    WrappedKey given = WrappedKey.of(WrappedKey.Method.HKDF, key, new byte[16], new byte[48]);
    assertThatThrownBy(() -> opened(masters(), given))
        .isInstanceOf(KeyNotFoundException.class)
        .hasMessageContaining("former, without wrap_at");
  }
}
