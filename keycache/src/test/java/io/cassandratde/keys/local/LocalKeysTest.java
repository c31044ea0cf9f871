package io.cassandratde.keys.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalKeysTest {

  private static final String COUNTING = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

  private final Path directory;
  private final Hkdf hkdf = new Hkdf();

  LocalKeysTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private Path write(String name, String text) throws IOException {
    Path file = directory.resolve(name);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, text);
  }

  private LocalKeyProvider provider() {
    return new LocalKeyProvider(directory, hkdf);
  }

  private static KeySpec spec(String file) {
    return KeySpec.local(file, CipherSpec.AES_256);
  }

  @ParameterizedTest
  @ValueSource(ints = {128, 192, 256})
  void a_made_file_has_the_vendors_form_and_mode_600(int bits) throws IOException {
    Path file = directory.resolve("system_key");
    SystemKeyFile.create(file, CipherSpec.aes(bits));
    String text = Files.readString(file);
    assertThat(text).matches("AES:" + bits + ":[A-Za-z0-9+/]+=*\\n");
    assertThat(Base64.getDecoder().decode(text.strip().substring("AES:256:".length())))
        .hasSize(bits / 8);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(SystemKeyFile.read(file, hkdf))
        .hasSize(1)
        .first()
        .satisfies(e -> assertThat(e.cipher().bits()).isEqualTo(bits));
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void a_key_file_is_never_overwritten() throws IOException {
    Path file = write("system_key", "AES:256:" + COUNTING);
    assertThatThrownBy(() -> SystemKeyFile.create(file, CipherSpec.AES_256))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(Files.readString(file)).contains(COUNTING);
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void the_id_is_derived_from_the_key_so_moving_the_file_is_harmless() throws IOException {
    write("first", "AES:256:" + COUNTING + "\n");
    DataKey key = provider().current(spec("first"), null).key();
    // By an independent implementation (Python's hmac): HKDF with label local-key-id, made a
    // version-8 UUID.
    assertThat(key.reference().keyId()).isEqualTo("d4980e7c-73ac-819d-a466-8eef857d7e5c");
    Files.move(directory.resolve("first"), directory.resolve("second"));
    assertThat(provider().byId(spec("second"), key.reference()).reference())
        .isEqualTo(key.reference());
    assertThat(provider().byId(spec("first"), key.reference()).reference())
        .isEqualTo(key.reference());
  }

  @Test
  void the_last_line_of_a_strength_is_current_and_earlier_ones_open() throws IOException {
    Path file = write("keys", "AES:256:" + COUNTING + "\n");
    KeyReference before = provider().current(spec("keys"), null).key().reference();
    byte[] other = new byte[32];
    new Random(1).nextBytes(other);
    Files.writeString(
        file,
        "# replaced in November\nAES/CBC/PKCS5Padding:256:"
            + Base64.getEncoder().encodeToString(other)
            + "\n\nAES:128:AAECAwQFBgcICQoLDA0ODw==",
        StandardOpenOption.APPEND);
    KeyReference now = provider().current(spec("keys"), before).key().reference();
    assertThat(now).isNotEqualTo(before);
    assertThat(provider().byId(spec("keys"), before).reference()).isEqualTo(before);
    assertThat(provider().current(KeySpec.local("keys", CipherSpec.AES_128), null).key().bits())
        .isEqualTo(128);
    assertThatThrownBy(() -> provider().current(KeySpec.local("keys", CipherSpec.AES_192), null))
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining("createsystemkey AES 192");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r--r--", "rw--w----", "rw-----w-"})
  void a_file_that_others_may_read_or_change_is_refused(String permissions) throws IOException {
    Path file = write("keys", "AES:256:" + COUNTING);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    assertThatThrownBy(() -> provider().current(spec("keys"), null))
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining("chmod 600");
  }

  /** What DDL refuses is what sealing would wait for, and nothing else. */
  @Test
  void a_file_that_cannot_be_sealed_with_is_refused_by_the_check() throws IOException {
    assertThatThrownBy(() -> provider().checkKeyFile(spec("keys")))
        .isInstanceOf(KeyNotFoundException.class)
        .hasMessageContaining(directory.resolve("keys") + " is not there");
    Files.createDirectory(directory.resolve("folder"));
    assertThatThrownBy(() -> provider().checkKeyFile(spec("folder")))
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining("is a directory");
    Path file = write("keys", "AES:256:" + COUNTING);
    provider().checkKeyFile(spec("keys"));
    assertThatThrownBy(() -> provider().checkKeyFile(KeySpec.local("keys", CipherSpec.AES_128)))
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining("no AES:128 key");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw----r--"));
    assertThatThrownBy(() -> provider().checkKeyFile(spec("keys")))
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining("chmod 600");
    assertThatThrownBy(() -> provider().checkKeyFile(spec(writeZeros().toString())))
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining("all zeros");
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).as("nothing is made by looking").hasSize(3);
    }
  }

  private Path writeZeros() throws IOException {
    return write("zeros", "AES:256:" + Base64.getEncoder().encodeToString(new byte[32]));
  }

  @Test
  void a_missing_file_or_key_is_not_found() throws IOException {
    assertThatThrownBy(() -> provider().current(spec("keys"), null))
        .isInstanceOf(KeyNotFoundException.class)
        .hasMessageContaining("createsystemkey");
    write("keys", "AES:256:" + COUNTING);
    write("cassandra.yaml", "cluster_name: x");
    assertThatThrownBy(
            () ->
                provider()
                    .byId(
                        spec("keys"),
                        new KeyReference(1, "d4980e7c-0000-819d-a466-8eef857d7e5c", 1)))
        .isInstanceOf(KeyNotFoundException.class)
        .hasMessageContaining("restore");
  }

  @Test
  void malformed_lines_are_named_by_number_without_quoting_them() throws IOException {
    List<String> lines =
        List.of(
            "AES:256",
            "AES:256:!!!" + COUNTING,
            "AES:128:" + COUNTING,
            "DES:56:AAECAwQFBgc=",
            "AES:999:" + COUNTING,
            "AES:x:" + COUNTING);
    for (String line : lines) {
      Files.deleteIfExists(directory.resolve("keys"));
      Path file = write("keys", "\n" + line);
      assertThatThrownBy(() -> SystemKeyFile.read(file, hkdf))
          .isInstanceOf(KeyConfigException.class)
          .hasMessageContaining("line 2")
          .message()
          .doesNotContain("AAEC");
    }
    Files.delete(directory.resolve("keys"));
    Path empty = write("keys", "# nothing\n");
    assertThatThrownBy(() -> SystemKeyFile.read(empty, hkdf)).hasMessageContaining("no key");
  }

  /** Data names a key by its id alone; a receiver or a tool may not know the table. */
  @Test
  void a_key_outside_the_directory_is_found_once_its_file_was_named(@TempDir Path elsewhere)
      throws IOException {
    Path file = elsewhere.resolve("table_key");
    SystemKeyFile.create(file, CipherSpec.AES_256);
    LocalKeyProvider provider = provider();
    KeySpec named = spec(file.toString());
    KeyReference reference = provider().current(named, null).key().reference();
    KeySpec unknown = spec("system_key");
    assertThatThrownBy(() -> provider.byId(unknown, reference))
        .isInstanceOf(KeyNotFoundException.class);
    provider.check(named);
    assertThat(provider.byId(unknown, reference).reference()).isEqualTo(reference);
  }
}
