package io.cassandratde.keys.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyGroup;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.local.LocalKeyProvider;
import io.cassandratde.keys.local.SystemKeyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A master key that moves: real key files, in directories that know nothing of each other. */
class MasterKeyChainTest {

  private static final KeyBinding BINDING =
      new KeyBinding("prod", "cycling", CipherSpec.AES_256, UUID.randomUUID(), 1);
  private static final int TOKEN = KeyGroup.token("hsm").tag();

  private final Path directory;
  private final byte[] material = new byte[32];

  MasterKeyChainTest(@TempDir Path directory) {
    this.directory = directory;
    Arrays.fill(material, (byte) 7);
  }

  private MasterKeyChain.Place file(String name) throws IOException {
    Path place = Files.createDirectories(directory.resolve("of-" + name));
    if (!Files.exists(place.resolve(name))) {
      SystemKeyFile.create(place.resolve(name), CipherSpec.AES_256);
    }
    MasterKeys keys =
        new GivenMasterKeys(
            new LocalKeyProvider(place, new Hkdf()),
            KeySpec.local(name, CipherSpec.AES_256),
            Security.getProvider("SunJCE"));
    return new MasterKeyChain.Place("key file " + name, Set.of(KeyGroup.LOCAL.tag()), keys);
  }

  private static MasterKeyChain chain(MasterKeyChain.Place source, MasterKeyChain.Place... former) {
    return new MasterKeyChain("pay", source, List.of(former));
  }

  private byte[] opened(MasterKeyChain chain, WrappedKey wrapped) throws Exception {
    return chain.unwrap(wrapped, BINDING, byte[]::clone);
  }

  @Test
  void what_was_wrapped_before_the_key_moved_opens_and_new_keys_come_from_the_source()
      throws Exception {
    MasterKeyChain before = chain(file("a"));
    KeyReference old = before.current();
    WrappedKey wrapped = before.wrap(old, material, BINDING);
    MasterKeyChain after = chain(file("b"), file("a"));
    assertThat(after.current()).isEqualTo(chain(file("b")).current()).isNotEqualTo(old);
    assertThat(opened(after, wrapped)).isEqualTo(material);
    assertThat(after.wrap(old, material, BINDING).masterKey())
        .as("until the nodes have agreed on the new one")
        .isEqualTo(old);
    assertThat(opened(after, after.wrap(after.current(), material, BINDING))).isEqualTo(material);
    assertThat(after.source()).isEqualTo("key file b");
    assertThat(after.whereIs(old)).isEqualTo("key file b or key file a");
    assertThat(after.toString()).isEqualTo("master key pay (key file b)");
  }

  @Test
  void a_key_that_no_place_has_is_missing_and_one_of_no_place_is_a_matter_of_configuration()
      throws Exception {
    MasterKeyChain before = chain(file("a"));
    WrappedKey wrapped = before.wrap(before.current(), material, BINDING);
    MasterKeyChain after = chain(file("b"), file("c"));
    assertThatThrownBy(() -> opened(after, wrapped))
        .isInstanceOf(KeyNotFoundException.class)
        .hasMessageContaining(wrapped.masterKey().keyId());
    KeyReference elsewhere = new KeyReference(TOKEN, "id", 1);
    assertThat(after.whereIs(elsewhere)).isNull();
    assertThatThrownBy(() -> after.wrap(elsewhere, material, BINDING))
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining("key file b, key file c")
        .hasMessageContaining("former of replicated_keys.master_keys.pay");
  }

  @Test
  void damage_is_damage_wherever_the_key_is() throws Exception {
    MasterKeyChain chain = chain(file("b"), file("a"));
    WrappedKey wrapped = chain.wrap(chain(file("a")).current(), material, BINDING);
    byte[] bytes = wrapped.bytes();
    bytes[bytes.length - 1] ^= 1;
    assertThatThrownBy(() -> opened(chain, WrappedKey.parse(bytes)))
        .isInstanceOf(DamagedWrapException.class);
  }

  @Test
  void an_outage_of_one_place_is_told_when_no_other_has_the_key() throws Exception {
    MasterKeyChain.Place away =
        new MasterKeyChain.Place("away", Set.of(KeyGroup.LOCAL.tag()), new Away());
    WrappedKey wrapped = chain(file("a")).wrap(chain(file("a")).current(), material, BINDING);
    assertThat(opened(chain(away, file("a")), wrapped)).isEqualTo(material);
    assertThatThrownBy(() -> opened(chain(file("b"), away), wrapped))
        .isInstanceOf(KeyUnavailableException.class);
    assertThatThrownBy(() -> opened(chain(away, file("b")), wrapped))
        .isInstanceOf(KeyUnavailableException.class);
  }

  private static final class Away implements MasterKeys {
    private static KeyUnavailableException away() {
      return new KeyUnavailableException("nobody answers");
    }

    @Override
    public KeyReference current() {
      throw away();
    }

    @Override
    public WrappedKey wrap(KeyReference by, byte[] material, KeyBinding binding) {
      throw away();
    }

    @Override
    public <T extends @Nullable Object> T unwrap(
        WrappedKey wrapped, KeyBinding binding, Function<byte[], T> use) {
      throw away();
    }

    @Override
    public void close() {}
  }
}
