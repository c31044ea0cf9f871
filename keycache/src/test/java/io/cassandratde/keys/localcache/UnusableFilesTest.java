package io.cassandratde.keys.localcache;

import static io.cassandratde.keys.localcache.CacheFixture.CLUSTER;
import static io.cassandratde.keys.localcache.CacheFixture.GROUP;
import static io.cassandratde.keys.localcache.CacheFixture.SPEC;
import static io.cassandratde.keys.localcache.CacheFixture.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeyProvider.SealingKey;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.config.ConfigException;
import io.cassandratde.keys.files.PrivateDirectory;
import io.cassandratde.keys.files.UnusableFileException;
import io.cassandratde.keys.local.SystemKeyFile;
import io.cassandratde.kmip.KeyState;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that were damaged, moved, planted or left over: as if they were not there, and told. */
class UnusableFilesTest {

  private final CacheFixture fixture;
  private final LocalKeyCache cache;

  UnusableFilesTest(@TempDir Path directory) {
    fixture = new CacheFixture(directory);
    cache = fixture.open();
    cache.keepSealing(SPEC, new SealingKey(key("a"), null, "test"));
  }

  private boolean isThere() {
    return cache.recall(GROUP, key("a").reference()) != null;
  }

  private static Path mode(Path file, String permissions) throws IOException {
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  private static void put(Path file, byte[] bytes) throws IOException {
    Files.write(file, bytes);
    mode(file, "rw-------");
  }

  @Test
  void every_changed_byte_is_noticed_in_the_key_and_in_what_says_that_it_seals()
      throws IOException {
    Path record = fixture.files(FileNames.SEALING).get(0);
    for (Path file : List.of(fixture.onlyKeyFile(), record)) {
      byte[] good = Files.readAllBytes(file);
      for (int at = 0; at < good.length; at++) {
        for (int bit : new int[] {1, 0x80}) {
          byte[] changed = good.clone();
          changed[at] ^= (byte) bit;
          put(file, changed);
          assertThat(cache.sealing(SPEC)).as("byte %d of %s", at, file).isNull();
          assertThat(file.equals(record) || !isThere()).isTrue();
        }
      }
      put(file, good);
      assertThat(cache.sealing(SPEC)).isNotNull();
    }
  }

  @Test
  void every_shorter_and_every_longer_file_is_noticed() throws IOException {
    for (Path file : List.of(fixture.onlyKeyFile(), fixture.files(FileNames.SEALING).get(0))) {
      byte[] good = Files.readAllBytes(file);
      for (int length = 0; length < good.length + 40; length++) {
        put(file, Arrays.copyOf(good, length));
        assertThat(cache.sealing(SPEC) != null)
            .as("%d bytes", length)
            .isEqualTo(length == good.length);
      }
      put(file, good);
    }
  }

  @Test
  void a_file_of_another_group_cluster_key_or_kind_cannot_take_its_place() throws IOException {
    final byte[] good = Files.readAllBytes(fixture.onlyKeyFile());
    Path here = fixture.onlyKeyFile();
    cache.keep("elsewhere", key("a"), KeyState.ACTIVE);
    cache.keep(GROUP, key("b"), KeyState.ACTIVE);
    byte[] otherGroup = Files.readAllBytes(fixture.cache.resolve(FileNames.key("elsewhere", "a")));
    byte[] otherKey = Files.readAllBytes(fixture.cache.resolve(FileNames.key(GROUP, "b")));
    byte[] otherKind = Files.readAllBytes(fixture.files(FileNames.SEALING).get(0));
    LocalKeyCache foreign = fixture.open("Another Cluster");
    assertThat(foreign.recall(GROUP, key("a").reference())).isNull();
    assertThat(foreign.sealing(SPEC)).isNull();
    foreign.keep(GROUP, key("a"), KeyState.ACTIVE);
    byte[] otherCluster = Files.readAllBytes(here);

    put(here, otherGroup);
    String log = CacheFixture.logged(() -> assertThat(isThere()).isFalse());
    assertThat(log).contains("it is of the group elsewhere, not of vault");
    for (byte[] wrong : List.of(otherGroup, otherKey, otherKind, otherCluster)) {
      put(here, wrong);
      assertThat(isThere()).isFalse();
      assertThat(cache.sealing(SPEC)).isNull();
      KeyReference b = key("b").reference();
      assertThat(cache.recall(GROUP, new KeyReference(b.groupTag(), "a", b.checkValue()))).isNull();
    }
    put(here, good);
    assertThat(isThere()).isTrue();
  }

  @Test
  void what_cannot_be_used_is_told_once_with_its_name_and_reason() throws IOException {
    Path file = fixture.onlyKeyFile();
    byte[] bytes = Files.readAllBytes(file);
    bytes[60] ^= 1;
    put(file, bytes);
    String log =
        CacheFixture.logged(
            () -> {
              assertThat(isThere()).isFalse();
              assertThat(cache.keys(GROUP)).isEmpty();
            });
    assertThat(log.lines()).singleElement().asString().contains(file.toString(), "not there");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw--w----", "rw----r--", "rw-----w-", "rw------x"})
  void a_file_that_others_could_read_or_write_is_not_used(String permissions) throws IOException {
    mode(fixture.onlyKeyFile(), permissions);
    assertThat(isThere()).isFalse();
    assertThat(cache.sealing(SPEC)).isNull();
    mode(fixture.onlyKeyFile(), "rw-------");
    assertThat(isThere()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxr-x---", "rwx-w----", "rwx---r--", "rwx----w-", "rwx-----x"})
  void a_directory_that_others_could_enter_is_refused_with_line_and_remedy(String permissions)
      throws IOException {
    mode(fixture.cache, permissions);
    assertThatThrownBy(fixture::open)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("tde.yaml:4: local_key_cache.directory: names " + fixture.cache)
        .hasMessageContaining(permissions + "); chmod 700 it");
  }

  @Test
  void what_belongs_to_somebody_else_is_refused() throws Exception {
    var nobody =
        fixture
            .cache
            .getFileSystem()
            .getUserPrincipalLookupService()
            .lookupPrincipalByName("nobody");
    assertThatThrownBy(() -> PrivateDirectory.open(fixture.cache, nobody))
        .isInstanceOf(PrivateDirectory.Refused.class)
        .hasMessageContaining("runs as nobody");
    PrivateDirectory mine = PrivateDirectory.open(fixture.cache);
    assertThat(mine.read(fixture.onlyKeyFile(), EntryFormat.MAX_FILE)).isNotNull();
    PrivateDirectory theirs = PrivateDirectory.trusted(fixture.cache, nobody);
    assertThatThrownBy(() -> theirs.read(fixture.onlyKeyFile(), EntryFormat.MAX_FILE))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("not to nobody");
  }

  @Test
  void links_directories_and_files_of_any_length_in_its_place_are_not_read() throws IOException {
    Path file = fixture.onlyKeyFile();
    Path aside = Files.move(file, fixture.cache.resolve("aside"));
    Files.createSymbolicLink(file, aside);
    assertThat(isThere()).isFalse();
    Files.delete(file);
    Files.createDirectory(file);
    assertThat(isThere()).isFalse();
    Files.delete(file);
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength((1L << 40) + 200);
    }
    mode(file, "rw-------");
    String log = CacheFixture.logged(() -> assertThat(isThere()).isFalse());
    assertThat(log).contains("it is longer than 8192 bytes");
    Files.move(aside, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThat(isThere()).isTrue();
  }

  @Test
  void what_a_crash_left_half_written_is_never_read_and_goes_with_the_next_start()
      throws IOException {
    Path file = fixture.onlyKeyFile();
    byte[] good = Files.readAllBytes(file);
    Path half = fixture.cache.resolve("." + file.getFileName() + ".123.tmp");
    put(half, Arrays.copyOf(good, 100));
    assertThat(cache.keys(GROUP)).hasSize(1);
    assertThat(isThere()).isTrue();
    LocalKeyCache restarted = fixture.open();
    assertThat(half).doesNotExist();
    assertThat(restarted.recall(GROUP, key("a").reference())).isNotNull();
    assertThat(fixture.files(".tmp")).isEmpty();
  }

  @Test
  void servers_that_answer_let_unusable_files_go_and_good_ones_stay() throws IOException {
    cache.keep(GROUP, key("b"), null);
    Path damaged = fixture.cache.resolve(FileNames.key(GROUP, "b"));
    put(damaged, new byte[200]);
    cache.removeUnusable(GROUP);
    assertThat(damaged).doesNotExist();
    assertThat(isThere()).isTrue();
    assertThat(cache.sealing(SPEC)).isNotNull();
  }

  @Test
  void a_system_key_file_that_is_away_condemns_no_file() throws IOException {
    Path aside = Files.move(fixture.keyFile, fixture.keyFile.resolveSibling("aside"));
    String log = CacheFixture.logged(() -> assertThat(isThere()).isFalse());
    assertThat(log).contains("key file " + fixture.keyFile + " is not there");
    String writing = CacheFixture.logged(() -> cache.keep(GROUP, key("c"), null));
    assertThat(writing).contains("was not written", "key c");
    cache.removeUnusable(GROUP);
    Files.move(aside, fixture.keyFile);
    assertThat(isThere()).isTrue();
    assertThat(cache.sealing(SPEC)).isNotNull();
  }

  @Test
  void files_under_another_system_key_are_not_used() throws IOException {
    Files.delete(fixture.keyFile);
    SystemKeyFile.create(fixture.keyFile, CipherSpec.AES_256);
    String log = CacheFixture.logged(() -> assertThat(isThere()).isFalse());
    assertThat(log).contains("sealed under a system key that is not in");
  }

  @Test
  void files_of_no_configured_group_are_told_at_the_start() {
    cache.keep("gone", key("x"), null);
    String log = CacheFixture.logged(() -> fixture.open(CLUSTER).report(Set.of(GROUP)));
    assertThat(log).contains("of no group of kmip_hosts", "holds 1 keys");
  }

  @Test
  void a_directory_that_cannot_be_written_is_told_and_fails_nothing() throws IOException {
    Files.move(fixture.cache, fixture.cache.resolveSibling("elsewhere"));
    String log = CacheFixture.logged(() -> cache.keep(GROUP, key("c"), null));
    assertThat(log).contains("was not written, so a start without key servers may lack key c");
    assertThat(isThere()).isFalse();
    cache.purge(GROUP, "c", "test");
    assertThat(cache.size()).isZero();
  }
}
