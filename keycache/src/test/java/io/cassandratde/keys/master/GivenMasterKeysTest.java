package io.cassandratde.keys.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyProvider;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.WrongKeyException;
import io.cassandratde.keys.crypto.CryptoProviders;
import io.cassandratde.keys.local.LocalKeyProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Master keys of a system key file. */
class GivenMasterKeysTest {

  private static final KeyBinding BINDING =
      new KeyBinding(
          "prod",
          "cycling",
          CipherSpec.AES_256,
          UUID.fromString("7d0e1b86-8f3c-4f6a-9a52-4f1c6f1d2a10"),
          3);

  private final Path file;
  private final byte[] material = new byte[32];
  private final Provider provider = CryptoProviders.choose(null);

  GivenMasterKeysTest(@TempDir Path directory) throws Exception {
    file = directory.resolve("master");
    new SecureRandom().nextBytes(material);
    add(1);
  }

  private void add(int fill) throws Exception {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) fill);
    String before = Files.exists(file) ? Files.readString(file) : "";
    Files.writeString(file, before + "AES:256:" + Base64.getEncoder().encodeToString(key) + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private GivenMasterKeys keys() {
    Path directory = java.util.Objects.requireNonNull(file.getParent());
    return new GivenMasterKeys(
        new LocalKeyProvider(directory, new Hkdf()),
        KeySpec.local("master", CipherSpec.AES_256),
        provider);
  }

  private byte[] opened(WrappedKey wrapped) throws DamagedWrapException {
    return keys().unwrap(wrapped, BINDING, byte[]::clone);
  }

  @Test
  void a_key_is_wrapped_under_the_last_line_and_each_line_opens() throws Exception {
    WrappedKey first = keys().wrap(keys().current(), material, BINDING);
    add(2);
    WrappedKey second = keys().wrap(keys().current(), material, BINDING);
    assertThat(second.masterKey()).isEqualTo(keys().current()).isNotEqualTo(first.masterKey());
    assertThat(opened(WrappedKey.parse(first.bytes()))).isEqualTo(material);
    assertThat(opened(WrappedKey.parse(second.bytes()))).isEqualTo(material);
    List<String> lines = Files.readAllLines(file);
    Files.writeString(file, lines.get(1) + "\n");
    assertThatThrownBy(() -> opened(first))
        .isInstanceOf(KeyNotFoundException.class)
        .hasMessageContaining(first.masterKey().keyId());
  }

  /** As of a server that was restored, or is a different one: no data key comes under it. */
  @Test
  void another_key_of_the_same_id_neither_wraps_nor_tells_damage() {
    WrappedKey wrapped = keys().wrap(keys().current(), material, BINDING);
    KeyProvider different =
        new KeyProvider() {
          @Override
          public void check(KeySpec spec) {}

          @Override
          public SealingKey current(KeySpec spec, @Nullable KeyReference last) {
            throw new AssertionError(spec);
          }

          @Override
          public DataKey byId(KeySpec hint, KeyReference wanted) {
            byte[] other = new byte[32];
            Arrays.fill(other, (byte) 9);
            return DataKey.of(wanted.groupTag(), wanted.keyId(), other, new Hkdf());
          }

          @Override
          public void close() {}
        };
    GivenMasterKeys keys =
        new GivenMasterKeys(different, KeySpec.local("master", CipherSpec.AES_256), provider);
    assertThatThrownBy(() -> keys.wrap(wrapped.masterKey(), material, BINDING))
        .isInstanceOf(WrongKeyException.class)
        .hasMessageContaining(wrapped.masterKey().keyId());
    assertThatThrownBy(() -> keys.unwrap(wrapped, BINDING, byte[]::clone))
        .isInstanceOf(WrongKeyException.class);
  }

  @Test
  void what_was_unwrapped_is_wiped_when_its_use_ends() throws Exception {
    WrappedKey wrapped = keys().wrap(keys().current(), material, BINDING);
    byte[] used = keys().unwrap(wrapped, BINDING, it -> it);
    assertThat(used).isEqualTo(new byte[32]);
  }

  /** By the file, which is read for each fetch. */
  @Test
  void a_master_key_is_fetched_once_for_many_until_it_is_asked_for_anew() throws Exception {
    for (boolean closes : new boolean[] {false, true}) {
      GivenMasterKeys keys = keys();
      WrappedKey wrapped = keys.wrap(keys.current(), material, BINDING);
      String text = Files.readString(file);
      assertThat(keys.<byte[]>unwrap(wrapped, BINDING, byte[]::clone)).isEqualTo(material);
      Files.delete(file);
      assertThat(keys.<byte[]>unwrap(wrapped, BINDING, byte[]::clone)).isEqualTo(material);
      if (closes) {
        keys.close();
      } else {
        keys.askAnew();
      }
      assertThatThrownBy(() -> keys.unwrap(wrapped, BINDING, byte[]::clone))
          .hasMessageContaining(file.toString());
      Files.writeString(file, text);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
  }

  @Test
  void another_key_of_the_same_id_neither_wraps_nor_unwraps() {
    KeyReference right = keys().current();
    KeyReference another = new KeyReference(right.groupTag(), right.keyId(), 1);
    assertThatThrownBy(() -> keys().wrap(another, material, BINDING))
        .isInstanceOf(WrongKeyException.class)
        .hasMessageContaining("restored or different server");
    WrappedKey byAnother =
        WrappedKey.of(WrappedKey.Method.HKDF, another, new byte[16], new byte[48]);
    assertThatThrownBy(() -> opened(byAnother)).isInstanceOf(WrongKeyException.class);
  }

  @Test
  void each_byte_and_each_part_of_the_binding_is_authenticated() throws Exception {
    WrappedKey wrapped = keys().wrap(keys().current(), material, BINDING);
    byte[] bytes = wrapped.bytes();
    int id = 12;
    int afterId = id + wrapped.masterKey().keyId().length();
    for (int at = afterId; at < bytes.length; at++) {
      byte[] changed = bytes.clone();
      changed[at] ^= 4;
      assertThatThrownBy(() -> opened(WrappedKey.parse(changed)))
          .as("byte %d", at)
          .isInstanceOf(DamagedWrapException.class);
    }
    for (KeyBinding other :
        List.of(
            new KeyBinding("prod2", "cycling", CipherSpec.AES_256, BINDING.keyId(), 3),
            new KeyBinding("prodc", "ycling", CipherSpec.AES_256, BINDING.keyId(), 3),
            new KeyBinding("prod", "cyclin", CipherSpec.AES_256, BINDING.keyId(), 3),
            new KeyBinding("prod", "cycling", CipherSpec.AES_128, BINDING.keyId(), 3),
            new KeyBinding("prod", "cycling", CipherSpec.AES_256, UUID.randomUUID(), 3),
            new KeyBinding("prod", "cycling", CipherSpec.AES_256, BINDING.keyId(), 4))) {
      assertThatThrownBy(() -> keys().unwrap(wrapped, other, byte[]::clone))
          .isInstanceOf(DamagedWrapException.class)
          .hasMessageContaining(other.toString());
    }
  }

  @Test
  void every_cut_and_every_wrong_field_is_refused_before_a_key_is_asked_for() {
    byte[] bytes = keys().wrap(keys().current(), material, BINDING).bytes();
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      if (length != bytes.length - 8 && length != bytes.length - 16) { // a key of 192 or 128 bits
        assertThatThrownBy(() -> WrappedKey.parse(cut)).isInstanceOf(DamagedWrapException.class);
      }
    }
    for (int at : List.of(0, 1, 10, 11)) { // version, method, length of the id
      byte[] changed = bytes.clone();
      changed[at] = (byte) 0xFF;
      assertThatThrownBy(() -> WrappedKey.parse(changed)).isInstanceOf(DamagedWrapException.class);
    }
  }

  @Test
  void the_bytes_are_as_documented() throws Exception {
    List<Vectors.Vector> vectors = Vectors.of("hkdf");
    assertThat(vectors).hasSize(2);
    for (Vectors.Vector vector : vectors) {
      WrappedKey wrapped = WrappedKey.parse(vector.wrapped());
      assertThat(keys().<byte[]>unwrap(wrapped, vector.binding(), byte[]::clone))
          .isEqualTo(vector.key());
      assertThat(
              keys()
                  .wrap(wrapped.masterKey(), vector.key(), vector.binding(), wrapped.fresh())
                  .bytes())
          .isEqualTo(vector.wrapped());
    }
  }

  @Test
  void a_master_key_of_fewer_than_256_bits_is_refused() {
    assertThatThrownBy(
            () ->
                new GivenMasterKeys(
                    new LocalKeyProvider(file, new Hkdf()),
                    KeySpec.local("master", CipherSpec.AES_128),
                    provider))
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining("256 bits");
  }
}
