package io.cassandratde.keys.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeyAccessDeniedException;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.SealCount;
import io.cassandratde.keys.master.DamagedWrapException;
import io.cassandratde.keys.master.KeyBinding;
import io.cassandratde.keys.master.Vectors;
import io.cassandratde.keys.master.WrappedKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against SoftHSM2, a token that is not ours. */
@Timeout(120)
class Pkcs11MasterKeysTest {

  private static final KeyBinding BINDING =
      new KeyBinding("prod", "cycling", CipherSpec.AES_256, UUID.randomUUID(), 1);

  private final SoftToken token;
  private final byte[] material = new byte[32];
  private final List<char[]> pins = new ArrayList<>();
  private String pin = SoftToken.PIN;

  Pkcs11MasterKeysTest() throws Exception {
    token = SoftToken.unused();
    token.makeKey("first", 256);
    new SecureRandom().nextBytes(material);
  }

  private Pkcs11MasterKeys keys(String primary, @Nullable String secondary) throws Exception {
    return new Pkcs11MasterKeys(
        settings(primary, secondary),
        () -> {
          char[] one = pin.toCharArray();
          pins.add(one);
          return one;
        });
  }

  private Pkcs11Settings settings(String primary, @Nullable String secondary) throws Exception {
    return new Pkcs11Settings("hsm", SoftToken.LIBRARY, token.slot(), 0, primary, secondary);
  }

  private static byte[] opened(Pkcs11MasterKeys keys, WrappedKey wrapped)
      throws DamagedWrapException {
    return keys.unwrap(wrapped, BINDING, byte[]::clone);
  }

  @Test
  void a_key_is_wrapped_and_unwrapped_inside_the_token() throws Exception {
    Pkcs11MasterKeys keys = keys("first", null);
    WrappedKey wrapped = keys.wrap(keys.current(), material, BINDING);
    assertThat(wrapped.masterKey()).isEqualTo(keys.current());
    assertThat(wrapped.method()).isEqualTo(WrappedKey.Method.TOKEN);
    assertThat(opened(keys, WrappedKey.parse(wrapped.bytes()))).isEqualTo(material);
    List<byte[]> seen = new ArrayList<>();
    assertThat(keys.<Boolean>unwrap(wrapped, BINDING, seen::add)).isTrue();
    assertThat(seen.get(0)).as("wiped after use").containsOnly(0);
    assertThat(keys.wrap(keys.current(), material, BINDING).bytes()).isNotEqualTo(wrapped.bytes());
    assertThat(pins).isNotEmpty().allSatisfy(each -> assertThat(each).containsOnly('\0'));
  }

  @Test
  void the_bytes_are_as_documented() throws Exception {
    token.importKey("known", Vectors.masterKey());
    Pkcs11MasterKeys keys = keys("known", null);
    List<Vectors.Vector> vectors = Vectors.of("token");
    assertThat(vectors).hasSize(2);
    for (Vectors.Vector vector : vectors) {
      WrappedKey wrapped = WrappedKey.parse(vector.wrapped());
      assertThat(keys.current()).isEqualTo(wrapped.masterKey());
      assertThat(keys.<byte[]>unwrap(wrapped, vector.binding(), byte[]::clone))
          .isEqualTo(vector.key());
    }
  }

  @Test
  void a_key_that_is_weaker_than_what_it_would_wrap_wraps_nothing() throws Exception {
    for (int bits : new int[] {128, 192}) {
      token.makeKey("k" + bits, bits);
      Pkcs11MasterKeys weak = keys("k" + bits, "first");
      TokenKeys asKeyOfTables = new TokenKeys(settings("k" + bits, null), () -> pin.toCharArray());
      KeyReference reference = asKeyOfTables.primary().reference();
      for (ThrowingCallable each :
          List.<ThrowingCallable>of(
              weak::current, () -> weak.wrap(reference, new byte[16], BINDING))) {
        assertThatThrownBy(each)
            .isInstanceOf(KeyConfigException.class)
            .hasMessageContaining("a master key has 256 bits")
            .hasMessageContaining("of token hsm")
            .hasMessageContaining("has " + bits)
            .hasMessageContaining("primary_key");
      }
      byte[] nonce = asKeyOfTables.nonce();
      byte[] head = WrappedKey.head(WrappedKey.Method.TOKEN, reference, nonce);
      byte[] sealed = asKeyOfTables.seal(reference, nonce, WrappedKey.aad(head, BINDING), material);
      assertThat(opened(weak, WrappedKey.of(WrappedKey.Method.TOKEN, reference, nonce, sealed)))
          .as("of before")
          .isEqualTo(material);
      KeyReference strong = keys("first", null).current();
      assertThat(opened(weak, weak.wrap(strong, material, BINDING)))
          .as("by the secondary, which is strong")
          .isEqualTo(material);
    }
  }

  @Test
  void each_key_seals_as_often_as_its_random_nonces_allow_and_canaries_count() throws Exception {
    token.makeKey("second", 256);
    TokenKeys token =
        new TokenKeys(settings("first", "second"), pin::toCharArray, new SealCount(3));
    Pkcs11MasterKeys keys = new Pkcs11MasterKeys(token);
    KeyReference first = keys.current(); // one canary
    WrappedKey wrapped = keys.wrap(first, material, BINDING);
    keys.wrap(first, material, BINDING);
    assertThatThrownBy(() -> keys.wrap(first, material, BINDING))
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining("this process has sealed 3 times")
        .hasMessageContaining(first.toString())
        .hasMessageContaining("token hsm")
        .hasMessageContaining("replace that key");
    token.use(settings("second", "first"), pin::toCharArray);
    KeyReference second = keys.current();
    assertThat(opened(keys, keys.wrap(second, material, BINDING))).isEqualTo(material);
    assertThat(opened(keys, wrapped)).as("what was wrapped opens on").isEqualTo(material);
    byte[] changed = wrapped.bytes();
    changed[changed.length - 1] ^= 1;
    assertThatThrownBy(() -> opened(keys, WrappedKey.parse(changed)))
        .as("the canary of damage counts too")
        .isInstanceOf(KeyConfigException.class);
    assertThatThrownBy(() -> keys.wrap(first, material, BINDING))
        .as("a reload begins no count anew")
        .isInstanceOf(KeyConfigException.class);
  }

  @Test
  void another_process_or_node_opens_what_one_has_wrapped() throws Exception {
    WrappedKey wrapped = keys("first", null).wrap(keys("first", null).current(), material, BINDING);
    assertThat(opened(keys("first", null), wrapped)).isEqualTo(material);
  }

  @Test
  void the_key_that_was_replaced_opens_as_the_secondary_whatever_its_label() throws Exception {
    WrappedKey old = keys("first", null).wrap(keys("first", null).current(), material, BINDING);
    token.makeKey("second", 256);
    Pkcs11MasterKeys keys = keys("second", "first");
    assertThat(keys.current()).isNotEqualTo(old.masterKey());
    WrappedKey renewed =
        keys.unwrap(old, BINDING, clear -> keys.wrap(keys.current(), clear, BINDING));
    assertThat(renewed.masterKey()).isEqualTo(keys.current());
    assertThat(opened(keys, renewed)).isEqualTo(material);
    assertThat(opened(keys("first", "second"), renewed)).as("rolled back").isEqualTo(material);
    assertThatThrownBy(() -> opened(keys("second", null), old))
        .isInstanceOf(KeyNotFoundException.class)
        .hasMessageContaining("secondary_key")
        .hasMessageContaining(old.masterKey().keyId());
  }

  @Test
  void what_was_changed_or_is_anothers_does_not_open_and_is_no_outage() throws Exception {
    Pkcs11MasterKeys keys = keys("first", null);
    WrappedKey wrapped = keys.wrap(keys.current(), material, BINDING);
    byte[] bytes = wrapped.bytes();
    for (int at = bytes.length - 60; at < bytes.length; at++) {
      byte[] changed = bytes.clone();
      changed[at] ^= 1;
      assertThatThrownBy(() -> opened(keys, WrappedKey.parse(changed)))
          .isInstanceOf(DamagedWrapException.class);
    }
    for (KeyBinding other :
        List.of(
            new KeyBinding("other", "cycling", CipherSpec.AES_256, BINDING.keyId(), 1),
            new KeyBinding("prod", "other", CipherSpec.AES_256, BINDING.keyId(), 1),
            new KeyBinding("prod", "cycling", CipherSpec.AES_256, BINDING.keyId(), 2),
            new KeyBinding("prod", "cycling", CipherSpec.AES_256, UUID.randomUUID(), 1))) {
      assertThatThrownBy(() -> keys.unwrap(wrapped, other, byte[]::clone))
          .isInstanceOf(DamagedWrapException.class)
          .hasMessageContaining(other.toString());
    }
    assertThat(opened(keys, wrapped)).isEqualTo(material);
  }

  @Test
  void a_key_that_was_deleted_and_made_anew_is_another_key() throws Exception {
    Pkcs11MasterKeys keys = keys("first", null);
    WrappedKey wrapped = keys.wrap(keys.current(), material, BINDING);
    token.deleteKey("first");
    assertThatThrownBy(() -> opened(keys, wrapped)).isInstanceOf(KeyNotFoundException.class);
    assertThatThrownBy(() -> keys.wrap(keys.current(), material, BINDING))
        .isInstanceOf(KeyNotFoundException.class)
        .hasMessageContaining("no secret key of label first");
    token.makeKey("first", 256);
    assertThatThrownBy(() -> opened(keys, wrapped)).isInstanceOf(KeyNotFoundException.class);
    KeyReference now = keys.current();
    assertThat(now).isNotEqualTo(wrapped.masterKey());
    assertThat(opened(keys, keys.wrap(keys.current(), material, BINDING))).isEqualTo(material);
  }

  @Test
  void a_wrong_pin_is_tried_once() throws Exception {
    pin = "99999999";
    Pkcs11MasterKeys keys = keys("first", null);
    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(keys::current)
          .isInstanceOf(KeyAccessDeniedException.class)
          .hasMessageContaining("refuses the PIN");
    }
    assertThat(pins).hasSize(1);
    pin = SoftToken.PIN;
    assertThat(
            opened(
                keys("first", null),
                keys("first", null).wrap(keys("first", null).current(), material, BINDING)))
        .as("the token is not locked")
        .isEqualTo(material);
  }

  @Test
  void two_keys_of_one_label_are_told() throws Exception {
    token.makeKey("first", 256);
    assertThatThrownBy(() -> keys("first", null).current())
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining("two have one label");
  }

  @Test
  void a_label_or_a_library_or_a_slot_that_is_not_there_is_told() throws Exception {
    assertThatThrownBy(() -> keys("absent", null).current())
        .isInstanceOf(KeyNotFoundException.class)
        .hasMessageContaining("absent");
    Path nowhere = Path.of("/nowhere/lib.so");
    assertThatThrownBy(
            () ->
                new Pkcs11MasterKeys(
                        new Pkcs11Settings("hsm", nowhere, 0L, 0, "first", null),
                        () -> pin.toCharArray())
                    .current())
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining("its library is not there");
    assertThatThrownBy(
            () ->
                new Pkcs11MasterKeys(
                        new Pkcs11Settings("hsm", SoftToken.LIBRARY, 77L, 0, "first", null),
                        () -> pin.toCharArray())
                    .current())
        .isInstanceOf(KeyException.class)
        .hasMessageContaining("slot 77");
  }

  /** SoftHSM2 tells keys whose files are away as absent, and a wrong tag as a general error. */
  @Test
  void a_token_whose_keys_are_away_is_no_damage() throws Exception {
    Pkcs11MasterKeys keys = keys("first", null);
    WrappedKey wrapped = keys.wrap(keys.current(), material, BINDING);
    Path here = token.directory();
    Files.move(here, Path.of("target", "away-" + here.getFileName()));
    assertThatThrownBy(() -> opened(keys, wrapped))
        .isInstanceOf(KeyException.class)
        .isNotInstanceOf(KeyAccessDeniedException.class);
    assertThatThrownBy(() -> keys.wrap(keys.current(), material, BINDING))
        .isInstanceOf(KeyException.class);
  }

  @Test
  void threads_use_it_at_once() throws Exception {
    Pkcs11MasterKeys keys = keys("first", null);
    AtomicInteger opened = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        all.add(
            threads.submit(
                () -> {
                  WrappedKey wrapped = keys.wrap(keys.current(), material, BINDING);
                  assertThat(opened(keys, wrapped)).isEqualTo(material);
                  return opened.incrementAndGet();
                }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(opened).hasValue(64);
  }
}
