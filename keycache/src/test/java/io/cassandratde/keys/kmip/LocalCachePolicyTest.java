package io.cassandratde.keys.kmip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeptKey;
import io.cassandratde.keys.KeyAccessDeniedException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyProvider.LastKeyEndedException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.config.LocalCacheConfig;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.crypto.CryptoProviders;
import io.cassandratde.keys.local.SystemKeyFile;
import io.cassandratde.keys.localcache.CachedKeyProvider;
import io.cassandratde.kmip.KmipHost;
import io.cassandratde.kmip.RevocationReason;
import io.cassandratde.kmip.devserver.DevServerBehaviour.Connectivity;
import io.cassandratde.kmip.hostile.ClosedPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * When keys of the local key cache are used, and what becomes of them by the answers of real
 * servers over TLS (docs/RULES.md R21). A new provider is a restarted node.
 */
class LocalCachePolicyTest {

  private static final KeySpec SPEC = KeySpec.kmip(DevGroup.NAME, "cycling", CipherSpec.AES_256);

  private final Path directory;

  LocalCachePolicyTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    SystemKeyFile.create(directory.resolve("system_key"), CipherSpec.AES_256);
    Files.writeString(
        directory.resolve("tde.yaml"),
        "local_key_cache: {directory: cache, system_key_file: system_key}\n");
  }

  private CachedKeyProvider node(DevGroup group, KmipHost... hosts) {
    CachedKeyProvider node = new CachedKeyProvider(group.provider(hosts), group);
    LocalCacheConfig config =
        Objects.requireNonNull(TdeConfig.load(directory.resolve("tde.yaml")).localKeyCache());
    node.open(config, "cluster", new Hkdf(), CryptoProviders.choose("SunJCE"));
    return node;
  }

  private static KmipHost dead() {
    return new KmipHost("127.0.0.1", ClosedPort.reserve());
  }

  private static KeyReference sealingKey(CachedKeyProvider node) {
    return node.current(SPEC, null).key().reference();
  }

  private static @Nullable KeyReference keptKey(CachedKeyProvider node) {
    KeptKey kept = node.kept(SPEC);
    return kept == null ? null : kept.sealing().key().reference();
  }

  private long files(String ending) {
    try (Stream<Path> files = Files.list(directory.resolve("cache"))) {
      return files.filter(file -> file.toString().endsWith(ending)).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path keyFile() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("cache"))) {
      return files.filter(file -> file.toString().endsWith(".key")).findFirst().orElseThrow();
    }
  }

  private static void revoke(DevGroup group, KeyReference key) throws Exception {
    group.administration().revoke(key.keyId(), RevocationReason.CESSATION_OF_OPERATION, null, true);
  }

  @Test
  void a_node_that_starts_with_all_hosts_down_has_the_keys_of_before() {
    try (DevGroup group = DevGroup.single()) {
      KeyReference key = sealingKey(node(group));
      CachedKeyProvider restarted = node(group, dead(), dead());
      assertThat(restarted.byId(SPEC, key).reference()).isEqualTo(key);
      assertThatThrownBy(() -> restarted.current(SPEC, null))
          .isInstanceOfSatisfying(
              KeyUnavailableException.class, e -> assertThat(e.nobodyAsked()).isTrue());
      assertThat(keptKey(restarted)).isEqualTo(key);
      assertThat(restarted.keptKeys().onDisk()).isEqualTo(1);
      assertThat(restarted.keptKeys().taken()).isEqualTo(2);
      KeyReference unknown = new KeyReference(key.groupTag(), "other", 1);
      assertThatThrownBy(() -> restarted.byId(SPEC, unknown))
          .isInstanceOf(KeyUnavailableException.class)
          .hasMessageContaining("the local key cache in " + directory.resolve("cache"));
    }
  }

  @Test
  void keys_that_open_are_kept_when_data_names_them() {
    try (DevGroup group = DevGroup.single()) {
      KeyReference key = group.provider().current(SPEC, null).key().reference();
      var unused = node(group).byId(SPEC, key);
      assertThat(node(group, dead()).byId(SPEC, key).reference()).isEqualTo(key);
      assertThat(keptKey(node(group, dead()))).as("nobody sealed with it here").isNull();
    }
  }

  @Test
  void a_server_that_is_silent_cannot_be_asked_either() {
    try (DevGroup group = DevGroup.single()) {
      KeyReference key = sealingKey(node(group));
      CachedKeyProvider restarted = node(group);
      group.behaviour().connectivity(Connectivity.DROPPING);
      assertThat(restarted.byId(SPEC, key).reference()).isEqualTo(key);
    }
  }

  @Test
  void without_open_there_is_no_disk() {
    try (DevGroup group = DevGroup.single()) {
      KeyReference key = sealingKey(node(group));
      CachedKeyProvider tool = new CachedKeyProvider(group.provider(dead()), group);
      assertThatThrownBy(() -> tool.byId(SPEC, key)).isInstanceOf(KeyUnavailableException.class);
      assertThat(tool.kept(SPEC)).isNull();
      tool.upkeep();
      assertThat(tool.keptKeys().onDisk()).isZero();
    }
  }

  @Test
  void an_answer_is_never_overruled_and_one_that_denies_the_key_ends_its_copy() {
    try (DevGroup group = DevGroup.single()) {
      KeyReference key = sealingKey(node(group));
      group.behaviour().refuse("Get", 0x100, "general failure");
      assertThatThrownBy(() -> node(group).byId(SPEC, key)).isInstanceOf(KeyException.class);
      assertThat(files(".key")).as("nothing was said of the key").isEqualTo(1);
      group.behaviour().refuse("Get", 0xC, "policy");
      assertThatThrownBy(() -> node(group).byId(SPEC, key))
          .isInstanceOf(KeyAccessDeniedException.class);
      assertThat(files(".key")).isZero();
      assertThatThrownBy(() -> node(group, dead()).byId(SPEC, key))
          .isInstanceOf(KeyUnavailableException.class);
    }
  }

  @Test
  void what_a_server_denies_for_a_while_is_kept_again_when_it_is_allowed_again() {
    try (DevGroup group = DevGroup.single()) {
      CachedKeyProvider node = node(group);
      KeyReference key = sealingKey(node);
      group.behaviour().refuse("GetAttributes", 0xC, "policy");
      node.upkeep();
      assertThat(files(".key") + files(".seals")).isZero();
      node.upkeep();
      group.behaviour().allow("GetAttributes");
      node.upkeep();
      assertThat(node(group, dead()).byId(SPEC, key).reference()).isEqualTo(key);
    }
  }

  @Test
  void a_host_that_lacks_the_key_while_another_is_down_settles_nothing() {
    try (DevGroup group = DevGroup.strangers()) {
      KmipHost has = group.hosts().get(0);
      KmipHost lacks = group.hosts().get(1);
      KeyReference key = sealingKey(node(group, has));
      CachedKeyProvider restarted = node(group, lacks, dead());
      assertThatThrownBy(() -> restarted.byId(SPEC, key))
          .as("one host answered, so the copy is not used")
          .isInstanceOfSatisfying(
              KeyUnavailableException.class, e -> assertThat(e.nobodyAsked()).isFalse());
      restarted.upkeep();
      assertThat(files(".key")).as("and not removed").isEqualTo(1);
      assertThatThrownBy(() -> node(group, lacks).byId(SPEC, key))
          .as("every host says so")
          .isInstanceOf(KeyNotFoundException.class);
      assertThat(files(".key")).isZero();
    }
  }

  @Test
  void a_host_restored_without_the_key_costs_no_copy_while_another_has_it() {
    try (DevGroup group = DevGroup.strangers()) {
      KmipHost has = group.hosts().get(0);
      sealingKey(node(group, has));
      node(group, group.hosts().get(1), has).upkeep();
      assertThat(files(".key")).isEqualTo(1);
    }
  }

  @Test
  void a_destroyed_key_leaves_the_disk_with_the_next_upkeep_of_a_running_node() throws Exception {
    try (DevGroup group = DevGroup.single()) {
      CachedKeyProvider node = node(group);
      KeyReference key = sealingKey(node);
      revoke(group, key);
      node.upkeep();
      assertThat(node.byId(SPEC, key).reference()).isEqualTo(key);
      assertThat(files(".key")).as("it still opens data").isEqualTo(1);
      assertThat(files(".seals")).as("and seals no more").isZero();
      group.administration().destroy(key.keyId(), true);
      node.upkeep();
      assertThat(files(".key")).isZero();
      assertThatThrownBy(() -> node(group, dead()).byId(SPEC, key))
          .isInstanceOf(KeyUnavailableException.class);
    }
  }

  @Test
  void a_key_that_was_revoked_while_the_node_was_down_seals_no_more() throws Exception {
    try (DevGroup group = DevGroup.single()) {
      KeyReference key = sealingKey(node(group));
      revoke(group, key);
      group.behaviour().refuse("Create", 0xC, "quota");
      CachedKeyProvider restarted = node(group);
      assertThatThrownBy(() -> restarted.current(SPEC, null))
          .isInstanceOf(LastKeyEndedException.class);
      assertThat(keptKey(node(group, dead()))).isNull();
    }
  }

  @Test
  void the_successor_takes_the_place_of_a_revoked_key() throws Exception {
    try (DevGroup group = DevGroup.single()) {
      KeyReference first = sealingKey(node(group));
      revoke(group, first);
      group.advance(Duration.ofMinutes(1));
      KeyReference second = sealingKey(node(group));
      assertThat(second).isNotEqualTo(first);
      CachedKeyProvider restarted = node(group, dead());
      assertThat(keptKey(restarted)).isEqualTo(second);
      assertThat(restarted.byId(SPEC, first).reference()).isEqualTo(first);
    }
  }

  /** What RULES R15 asks of a node that was up: the key of before is no new key. */
  @Test
  void after_a_restart_the_key_of_before_is_the_last_one_without_any_data_opened()
      throws Exception {
    try (DevGroup group = DevGroup.replicated()) {
      KmipHost first = group.hosts().get(0);
      KeyReference last = sealingKey(node(group));
      group.advance(Duration.ofMinutes(1));
      var unused = group.administration().create(CipherSpec.AES_256, "cycling", null);
      assertThat(sealingKey(node(group, first, dead()))).isEqualTo(last);
    }
  }

  @Test
  void a_look_that_got_an_answer_before_the_server_went_away_is_no_outage_of_all() {
    try (DevGroup group = DevGroup.single()) {
      var unused = sealingKey(node(group));
      CachedKeyProvider restarted = node(group);
      group
          .behaviour()
          .onRequest(
              operation -> {
                if (operation.equals("GetAttributes")) {
                  group.behaviour().connectivity(Connectivity.DROPPING);
                }
              });
      assertThatThrownBy(() -> restarted.current(SPEC, null))
          .isInstanceOfSatisfying(
              KeyUnavailableException.class, e -> assertThat(e.nobodyAsked()).isFalse());
      assertThat(group.behaviour().received("GetAttributes")).isPositive();
    }
  }

  @Test
  void upkeep_mends_files_that_are_damaged_or_missing() throws Exception {
    try (DevGroup group = DevGroup.single()) {
      CachedKeyProvider node = node(group);
      KeyReference key = sealingKey(node);
      Files.write(keyFile(), new byte[] {1, 2});
      node.upkeep();
      assertThat(node(group, dead()).byId(SPEC, key).reference()).isEqualTo(key);
      Files.delete(keyFile());
      node.upkeep();
      assertThat(node(group, dead()).byId(SPEC, key).reference()).isEqualTo(key);
    }
  }

  @Test
  void an_outage_changes_nothing_on_the_disk() throws IOException {
    try (DevGroup group = DevGroup.single()) {
      KeyReference key = sealingKey(node(group));
      String prefix = keyFile().getFileName().toString().substring(0, 9);
      Path damaged = directory.resolve("cache/" + prefix + "damaged.key");
      Files.write(damaged, new byte[9]);
      CachedKeyProvider restarted = node(group, dead());
      restarted.upkeep();
      assertThat(damaged).exists();
      assertThat(restarted.byId(SPEC, key).reference()).isEqualTo(key);
      CachedKeyProvider back = node(group);
      back.upkeep();
      assertThat(damaged).as("servers answer").doesNotExist();
      assertThat(keyFile()).exists();
    }
  }
}
