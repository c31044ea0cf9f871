package io.cassandratde.keys.localcache;

import static io.cassandratde.keys.localcache.CacheFixture.GROUP;
import static io.cassandratde.keys.localcache.CacheFixture.SPEC;
import static io.cassandratde.keys.localcache.CacheFixture.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeptKey;
import io.cassandratde.keys.KeyProvider.SealingKey;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.kmip.KeyState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept, what seals, what goes (docs/RULES.md R16, R20, R21). */
class LocalKeyCacheTest {

  private final CacheFixture fixture;

  LocalKeyCacheTest(@TempDir Path directory) {
    fixture = new CacheFixture(directory);
  }

  private static SealingKey sealing(DataKey key, @Nullable Instant until) {
    return new SealingKey(key, until, "test");
  }

  private static @Nullable KeyReference sealingKey(LocalKeyCache cache, KeySpec spec) {
    KeptKey kept = cache.sealing(spec);
    return kept == null ? null : kept.sealing().key().reference();
  }

  @Test
  void a_key_is_there_after_a_restart_in_a_file_of_its_owner() throws IOException {
    DataKey key = key("a");
    fixture.open().keep(GROUP, key, null);

    DataKey there = Objects.requireNonNull(fixture.open().recall(GROUP, key.reference()));
    assertThat(there.reference()).isEqualTo(key.reference());
    byte[] material = there.wrap(byte[]::clone);
    assertThat(material).isEqualTo(CacheFixture.material("a".hashCode(), 256));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(fixture.cache)))
        .isEqualTo("rwx------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(fixture.onlyKeyFile())))
        .isEqualTo("rw-------");
    String file = Files.readString(fixture.onlyKeyFile(), StandardCharsets.ISO_8859_1);
    assertThat(file)
        .contains("Test Cluster", "vault")
        .doesNotContain(new String(material, StandardCharsets.ISO_8859_1));
  }

  @Test
  void a_key_has_the_name_of_the_group_that_asks_for_it() {
    DataKey key = key("a");
    fixture.open().keep(GROUP, key, null);
    KeyReference former = new KeyReference(99, "a", key.reference().checkValue());
    assertThat(Objects.requireNonNull(fixture.open().recall(GROUP, former)).reference())
        .isEqualTo(former);
  }

  @Test
  void another_key_than_the_one_that_is_asked_for_never_comes() {
    DataKey key = key("a");
    LocalKeyCache cache = fixture.open();
    cache.keep(GROUP, key, null);
    KeyReference other = new KeyReference(SPEC.groupTag(), "a", key.reference().checkValue() ^ 1);
    assertThat(cache.recall(GROUP, other)).isNull();
    assertThat(cache.recall(GROUP, key("b").reference())).isNull();
  }

  @Test
  void a_server_that_gives_another_key_under_the_id_replaces_it() {
    LocalKeyCache cache = fixture.open();
    cache.keep(GROUP, key("a"), KeyState.ACTIVE);
    DataKey other =
        DataKey.of(SPEC.groupTag(), "a", CacheFixture.material(5, 128), CacheFixture.HKDF);
    cache.keep(GROUP, other, null);
    assertThat(cache.recall(GROUP, other.reference())).isNotNull();
    assertThat(cache.keys(GROUP)).extracting(Entry::state).containsExactly((KeyState) null);
  }

  @Test
  void what_seals_is_kept_for_each_spec_with_its_end_and_the_time_it_was_confirmed() {
    Instant end = fixture.instant().plus(Duration.ofDays(3));
    LocalKeyCache cache = fixture.open();
    cache.keepSealing(SPEC, sealing(key("a"), end));
    KeySpec other = KeySpec.kmip(GROUP, null, CipherSpec.AES_256);
    cache.keepSealing(other, sealing(key("b"), null));
    fixture.advance(Duration.ofHours(1));

    LocalKeyCache restarted = fixture.open();
    KeptKey kept = Objects.requireNonNull(restarted.sealing(SPEC));
    assertThat(kept.sealing().key().reference()).isEqualTo(key("a").reference());
    assertThat(kept.sealing().sealUntil()).isEqualTo(end);
    assertThat(kept.age(fixture.instant(), Duration.ZERO)).isEqualTo(Duration.ofHours(1));
    assertThat(restarted.lastSealing(SPEC)).isEqualTo(key("a").reference());
    KeptKey second = Objects.requireNonNull(restarted.sealing(other));
    assertThat(second.sealing().key().reference()).isEqualTo(key("b").reference());
    assertThat(second.sealing().sealUntil()).isNull();
    for (KeySpec none :
        List.of(
            KeySpec.kmip(GROUP, "ns", CipherSpec.AES_128),
            KeySpec.kmip(GROUP, "other", CipherSpec.AES_256),
            KeySpec.kmip("elsewhere", "ns", CipherSpec.AES_256))) {
      assertThat(restarted.sealing(none)).as(none.toString()).isNull();
    }
  }

  @Test
  void a_confirmation_is_renewed_and_not_at_every_look() throws IOException {
    LocalKeyCache cache = fixture.open();
    cache.keepSealing(SPEC, sealing(key("a"), null));
    Path file = fixture.files(FileNames.SEALING).get(0);
    final byte[] first = Files.readAllBytes(file);
    fixture.advance(Duration.ofSeconds(9));
    cache.keepSealing(SPEC, sealing(key("a"), null));
    assertThat(file).hasBinaryContent(first);
    fixture.advance(Duration.ofSeconds(1));
    cache.keepSealing(SPEC, sealing(key("a"), null));
    assertThat(Objects.requireNonNull(cache.sealing(SPEC)).confirmed())
        .isEqualTo(fixture.instant());
    // Somebody set the clock back: what is in the future now is no confirmation.
    fixture.advance(Duration.ofDays(-1));
    cache.keepSealing(SPEC, sealing(key("a"), null));
    assertThat(Objects.requireNonNull(cache.sealing(SPEC)).confirmed())
        .isEqualTo(fixture.instant());
  }

  @Test
  void a_key_in_another_state_than_active_opens_and_does_not_seal() {
    for (KeyState state : List.of(KeyState.DEACTIVATED, KeyState.COMPROMISED)) {
      LocalKeyCache cache = fixture.open();
      cache.keepSealing(SPEC, sealing(key("a"), null));
      cache.update(GROUP, "a", state);
      LocalKeyCache restarted = fixture.open();
      assertThat(restarted.sealing(SPEC)).as(state.label()).isNull();
      assertThat(restarted.lastSealing(SPEC)).isNull();
      assertThat(restarted.recall(GROUP, key("a").reference())).isNotNull();
      assertThat(restarted.keys(GROUP)).extracting(Entry::state).containsExactly(state);
    }
  }

  @Test
  void a_file_that_says_which_key_seals_does_not_outweigh_the_state_in_the_keys_file()
      throws IOException {
    LocalKeyCache cache = fixture.open();
    cache.keepSealing(SPEC, sealing(key("a"), null));
    Path record = fixture.files(FileNames.SEALING).get(0);
    byte[] old = Files.readAllBytes(record);
    cache.update(GROUP, "a", KeyState.DEACTIVATED);
    assertThat(record).doesNotExist();
    Files.write(record, old);
    Files.setPosixFilePermissions(record, PosixFilePermissions.fromString("rw-------"));
    assertThat(cache.lastSealing(SPEC)).as("the file is good").isNotNull();
    assertThat(cache.sealing(SPEC)).isNull();
  }

  @Test
  void a_purged_key_is_in_no_file_and_seals_no_more() {
    LocalKeyCache cache = fixture.open();
    cache.keepSealing(SPEC, sealing(key("a"), null));
    cache.keep(GROUP, key("b"), null);
    String log = CacheFixture.logged(() -> cache.purge(GROUP, "a", "destroyed"));
    assertThat(cache.recall(GROUP, key("a").reference())).isNull();
    assertThat(sealingKey(cache, SPEC)).isNull();
    assertThat(fixture.files(FileNames.SEALING)).isEmpty();
    assertThat(fixture.files(FileNames.KEY)).hasSize(1);
    assertThat(log).contains("Key a of group vault was removed", "destroyed");
    assertThat(cache.recall(GROUP, key("b").reference())).isNotNull();
  }

  @Test
  void a_new_line_in_the_system_key_file_seals_what_is_written_from_then_on() throws IOException {
    LocalKeyCache cache = fixture.open();
    cache.keepSealing(SPEC, sealing(key("a"), null));
    byte[] before = Files.readAllBytes(fixture.onlyKeyFile());
    fixture.addSystemKey();
    assertThat(sealingKey(cache, SPEC)).as("older lines open").isEqualTo(key("a").reference());
    cache.update(GROUP, "a", KeyState.ACTIVE);
    byte[] after = Files.readAllBytes(fixture.onlyKeyFile());
    assertThat(after).isNotEqualTo(before);
    cache.update(GROUP, "a", KeyState.ACTIVE);
    assertThat(fixture.onlyKeyFile()).as("once").hasBinaryContent(after);
    cache.keepSealing(SPEC, sealing(key("a"), null));
    List<String> lines = Files.readAllLines(fixture.keyFile);
    Files.writeString(fixture.keyFile, lines.get(lines.size() - 1) + "\n");
    assertThat(sealingKey(cache, SPEC)).as("the old line is needed no more").isNotNull();
  }

  @Test
  void no_key_is_in_a_log_line_or_a_text_and_what_was_opened_is_wiped() throws Exception {
    byte[] material = CacheFixture.material("a".hashCode(), 256);
    StringBuilder texts = new StringBuilder();
    String log =
        CacheFixture.logged(
            () -> {
              LocalKeyCache cache = fixture.open();
              cache.keepSealing(SPEC, sealing(key("a"), null));
              cache.report(java.util.Set.of(GROUP));
              texts.append(cache.sealing(SPEC)).append(cache.keys(GROUP));
              cache.purge(GROUP, "a", "destroyed");
              cache.keep(GROUP, key("a"), null);
              damage(fixture.onlyKeyFile());
              texts.append(cache.recall(GROUP, key("a").reference()));
            });
    SystemKeySeal seal =
        new SystemKeySeal(fixture.keyFile, CacheFixture.HKDF, CacheFixture.PROVIDER);
    fixture.open().keep(GROUP, key("b"), null);
    byte[] file = Files.readAllBytes(fixture.cache.resolve(FileNames.key(GROUP, "b")));
    SystemKeySeal.Opened opened = seal.open(EntryFormat.parse(file), file);
    texts.append(opened).append(EntryFormat.parse(file));
    byte[] held = opened.material();
    assertThat(held).isEqualTo(CacheFixture.material("b".hashCode(), 256));
    opened.close();
    assertThat(held).containsOnly(0);

    assertThat(log).contains("counts as not there");
    for (byte[] secret : List.of(material, CacheFixture.material("b".hashCode(), 256))) {
      for (String form :
          List.of(
              HexFormat.of().formatHex(secret),
              Base64.getEncoder().encodeToString(secret),
              new String(secret, StandardCharsets.ISO_8859_1),
              java.util.Arrays.toString(secret))) {
        assertThat(log).doesNotContain(form);
        assertThat(texts.toString()).doesNotContain(form);
      }
    }
  }

  private static void damage(Path file) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length - 1] ^= 1;
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
