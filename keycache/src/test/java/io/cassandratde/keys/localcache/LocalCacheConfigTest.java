package io.cassandratde.keys.localcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.config.ConfigException;
import io.cassandratde.keys.config.LocalCacheConfig;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.local.SystemKeyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code local_key_cache}: what is wrong has file, line and remedy, at the start and not later. */
class LocalCacheConfigTest {

  private final Path directory;

  LocalCacheConfigTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private TdeConfig load(String yaml) throws IOException {
    return TdeConfig.load(Files.writeString(directory.resolve("tde.yaml"), yaml));
  }

  private void open(String yaml) throws IOException {
    LocalCacheConfig config = Objects.requireNonNull(load(yaml).localKeyCache());
    var unused =
        LocalKeyCache.open(
            config, "cluster", new Hkdf(), CacheFixture.PROVIDER, InstantSource.system());
  }

  private static String yaml(@Nullable String cache, @Nullable String keyFile) {
    return "crypto_provider: SunJCE\nlocal_key_cache:\n"
        + (cache == null ? "" : "  directory: " + cache + "\n")
        + (keyFile == null ? "" : "  system_key_file: " + keyFile + "\n")
        + (cache == null && keyFile == null ? "  {}\n" : "");
  }

  private void assertRefused(String yaml, String... parts) {
    assertThatThrownBy(() -> open(yaml))
        .isInstanceOf(ConfigException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(parts));
  }

  @Test
  void there_is_none_by_default() throws IOException {
    assertThat(load("crypto_provider: SunJCE\n").localKeyCache()).isNull();
  }

  @Test
  void both_options_are_required_and_no_other_is_known() {
    assertRefused(yaml(null, "key"), "tde.yaml:3: local_key_cache.directory: is missing");
    assertRefused(yaml("cache", null), "tde.yaml:3: local_key_cache.system_key_file: is missing");
    assertRefused(
        yaml("cache", "key") + "  path: x\n",
        "tde.yaml:5: local_key_cache.path: is no known option; known here: directory, system_key_file");
  }

  @Test
  void a_key_file_that_cannot_seal_is_refused() throws IOException {
    assertRefused(
        yaml("cache", "key"),
        "tde.yaml:4: local_key_cache.system_key_file: cannot be used: key file",
        "is not there",
        "put the key file there");
    Path file = directory.resolve("key");
    SystemKeyFile.create(file, CipherSpec.AES_128);
    assertRefused(yaml("cache", "key"), "tde.yaml:4", "no AES key of 256 bits", "createsystemkey");
    Files.delete(file);
    SystemKeyFile.create(file, CipherSpec.AES_256);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw----r--"));
    assertRefused(yaml("cache", "key"), "tde.yaml:4", "open to others", "chmod 600");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    open(yaml("cache", "key"));
    assertThat(directory.resolve("cache")).as("made").isDirectory();
  }

  @Test
  void a_place_where_no_directory_can_be_is_refused() throws IOException {
    SystemKeyFile.create(directory.resolve("key"), CipherSpec.AES_256);
    assertRefused(
        yaml("not/there", "key"), "tde.yaml:3: local_key_cache.directory", "cannot be used");
    assertRefused(yaml("key", "key"), "tde.yaml:3", "which is no directory");
  }

  @Test
  void the_key_file_is_found_in_system_key_directory_or_by_its_path() throws IOException {
    Files.createDirectory(directory.resolve("keys"));
    SystemKeyFile.create(directory.resolve("keys/key"), CipherSpec.AES_256);
    open("system_key_directory: keys\n" + yaml("cache", "key"));
    open(yaml("cache", directory.resolve("keys/key").toString()));
  }

  @Test
  void a_key_file_that_lies_with_the_cache_is_warned_of() throws IOException {
    SystemKeyFile.create(directory.resolve("key"), CipherSpec.AES_256);
    String beside = CacheFixture.logged(() -> reopen(yaml("cache", "key")));
    assertThat(beside)
        .contains("tde.yaml:4: local_key_cache.system_key_file: is on the same file system");
    SystemKeyFile.create(directory.resolve("cache/key"), CipherSpec.AES_256);
    String inside = CacheFixture.logged(() -> reopen(yaml("cache", "cache/key")));
    assertThat(inside).contains("tde.yaml:4", "is inside the directory of the cache");
  }

  private void reopen(String yaml) {
    try {
      open(yaml);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
