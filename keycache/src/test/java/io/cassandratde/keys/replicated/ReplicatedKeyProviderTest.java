package io.cassandratde.keys.replicated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeptKey;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyProvider;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.TamperedKeyException;
import io.cassandratde.keys.WrongKeyException;
import io.cassandratde.keys.cache.KeyCache;
import io.cassandratde.keys.cache.Patience;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a node does as table, copies and master keys fail it. */
@Timeout(120)
class ReplicatedKeyProviderTest {

  private static final KeySpec OTHER =
      KeySpec.replicated("system_key", "another", CipherSpec.AES_256);

  private final TestCluster cluster;
  private final TestCluster.Node node;

  ReplicatedKeyProviderTest(@TempDir Path root) {
    cluster = new TestCluster(root);
    node = cluster.node(1);
  }

  private static UUID id(KeyReference key) {
    return UUID.fromString(key.keyId());
  }

  private static Consumer<String> hanging(CountDownLatch end) {
    return step -> {
      try {
        end.await();
      } catch (InterruptedException e) {
        throw KeyUnavailableException.nobodyAsked("interrupted");
      }
    };
  }

  @Test
  void a_node_that_starts_in_an_outage_opens_by_its_copies_and_seals_on() {
    KeyReference key = node.seals();
    Instant confirmed = cluster.now();
    cluster.advance(Duration.ofHours(1));
    TestCluster.Node again = cluster.node(1, TestCluster.away());
    again.opens(key);
    KeptKey kept = Objects.requireNonNull(again.provider.kept(TestCluster.SPEC));
    assertThat(kept.sealing().key().reference()).isEqualTo(key);
    assertThat(kept.confirmed()).isEqualTo(confirmed);
    assertThat(again.provider.keptKeys()).isEqualTo(new KeyProvider.KeptKeys(1, 1));
    try (KeyCache cache = KeyCache.builder(again.provider).build()) {
      assertThat(cache.sealingKey(TestCluster.SPEC, Patience.WAIT).reference()).isEqualTo(key);
      assertThat(cache.openingKey(TestCluster.SPEC, key).reference()).isEqualTo(key);
    }
  }

  @Test
  void without_a_table_or_a_copy_sealing_waits_and_nothing_is_made() {
    TestCluster.Node alone = cluster.node(2, TestCluster.away());
    assertThatThrownBy(alone::seals)
        .isInstanceOfSatisfying(
            KeyUnavailableException.class, e -> assertThat(e.nobodyAsked()).isTrue());
    assertThat(alone.provider.kept(TestCluster.SPEC)).isNull();
    alone.provider.use(KeyTable.NONE);
    assertThatThrownBy(alone::seals).isInstanceOf(KeyUnavailableException.class);
    alone.provider.upkeep();
    alone.provider.use(cluster.table);
    assertThat(alone.seals()).isEqualTo(node.seals());
  }

  @Test
  void a_tool_without_copies_reads_the_table_and_seals_nothing() {
    KeyReference key = node.seals();
    ReplicatedKeyProvider tool =
        new ReplicatedKeyProvider(cluster::masters, cluster::now, TestCluster.HKDF);
    assertThatThrownBy(() -> tool.byId(TestCluster.SPEC, key))
        .isInstanceOf(KeyUnavailableException.class);
    tool.use(cluster.table);
    DataKey opened = tool.byId(TestCluster.SPEC, key);
    assertThat(opened.reference()).isEqualTo(key);
    opened.retire();
    assertThatThrownBy(() -> tool.current(TestCluster.SPEC, null))
        .isInstanceOf(KeyUnavailableException.class)
        .hasMessageContaining("no local copies");
    assertThat(tool.keptKeys().onDisk()).isZero();
    tool.upkeep();
  }

  @Test
  void a_table_that_hangs_does_not_keep_a_copy_from_opening() {
    KeyReference key = node.seals();
    CountDownLatch end = new CountDownLatch(1);
    TestCluster.Node again = cluster.node(1, hanging(end));
    again.opens(key);
    assertThat(again.provider.kept(TestCluster.SPEC)).isNotNull();
    end.countDown();
  }

  @Test
  void a_key_that_came_with_streamed_data_is_copied_when_it_opens() {
    KeyReference key = node.seals();
    TestCluster.Node other = cluster.node(2);
    other.opens(key);
    assertThat(other.file(key)).exists();
    cluster.node(2, TestCluster.away()).opens(key);
  }

  @Test
  void the_same_id_with_another_check_value_is_another_key() {
    KeyReference key = node.seals();
    KeyReference wrong = new KeyReference(key.groupTag(), key.keyId(), key.checkValue() + 1);
    assertThatThrownBy(() -> node.opens(wrong)).isInstanceOf(WrongKeyException.class);
    DataKey named = // as operators name it
        node.provider.byId(TestCluster.SPEC, new KeyReference(key.groupTag(), key.keyId(), 0));
    assertThat(named.reference()).isEqualTo(key);
    named.retire();
    assertThatThrownBy(
            () -> node.opens(new KeyReference(key.groupTag(), UUID.randomUUID().toString(), 7)))
        .isInstanceOf(KeyNotFoundException.class)
        .hasMessageContaining(node.directory.toString());
    assertThatThrownBy(() -> node.opens(new KeyReference(key.groupTag(), "no uuid", 7)))
        .isInstanceOf(KeyNotFoundException.class);
  }

  @Test
  void a_group_that_was_renamed_still_opens() {
    KeyReference key = node.seals();
    KeyReference renamed = new KeyReference(77, key.keyId(), key.checkValue());
    node.opens(renamed);
  }

  @Test
  void a_newest_wrap_that_was_changed_is_passed_over_loudly() {
    KeyReference key = node.seals();
    cluster.replaceMasterKey(2);
    assertThat(node.keys().rewrap(id(key))).isTrue();
    cluster.tamper(id(key), 0, 1);
    TestCluster.Node fresh = cluster.node(2);
    assertThat(TestCluster.logged(() -> fresh.opens(key)))
        .contains(
            "ERROR",
            key.keyId(),
            "Somebody may have changed it",
            "keys rewrap --key " + key.keyId());
  }

  @Test
  void a_row_that_was_changed_is_no_outage_and_the_copy_opens() {
    KeyReference key = node.seals();
    cluster.tamper(id(key), 0, 1);
    TestCluster.Node fresh = cluster.node(2);
    assertThatThrownBy(() -> fresh.opens(key))
        .isInstanceOf(TamperedKeyException.class)
        .hasMessageContainingAll(key.keyId(), "version 1 of namespace 'ns'", "local copy");
    assertThatThrownBy(fresh::seals).isInstanceOf(TamperedKeyException.class);
    assertThat(fresh.file(key)).doesNotExist();
    node.opens(key);
    assertThat(node.seals()).isEqualTo(key);
    // Its copy is not given up for what does not open.
    cluster.replaceMasterKey(3);
    TestCluster.logged(node.provider::upkeep);
    cluster.node(1, TestCluster.away()).opens(key);
    // An operator's rewrap puts it right from the copy.
    assertThat(node.keys().rewrap(id(key))).isTrue();
    fresh.opens(key);
  }

  @Test
  void a_row_of_another_namespace_does_not_pass_for_this_ones() {
    KeyReference key = node.seals();
    DataKeyRow mine = cluster.newest();
    node.provider.current(OTHER, null).key().retire();
    DataKeyRow others = cluster.table.line(KeyLine.of(OTHER)).get(0);
    cluster.table.put(
        new DataKeyRow(
            mine.line(),
            2,
            others.keyId(),
            others.checkValue(),
            DataKeyState.ACTIVE,
            mine.createdAt(),
            mine.activeFrom(),
            mine.changedAt()));
    TestCluster.Node fresh = cluster.node(2);
    assertThatThrownBy(fresh::seals)
        .isInstanceOf(TamperedKeyException.class)
        .hasMessageContainingAll(others.keyId().toString(), "version 2 of namespace 'ns'");
    assertThat(fresh.file(others)).doesNotExist();
    fresh.opens(key);
    // Nor the other's wrap under this one's id.
    cluster.table.setWraps(mine.keyId(), cluster.table.wraps(others.keyId()));
    assertThatThrownBy(() -> cluster.node(3).opens(key)).isInstanceOf(TamperedKeyException.class);
  }

  @Test
  void a_check_value_or_strength_that_was_changed_is_noticed() {
    DataKeyRow row = row(node.seals());
    cluster.table.put(
        new DataKeyRow(
            row.line(),
            row.version(),
            row.keyId(),
            row.checkValue() ^ 1,
            row.state(),
            row.createdAt(),
            row.activeFrom(),
            row.changedAt()));
    assertThatThrownBy(cluster.node(2)::seals)
        .isInstanceOf(TamperedKeyException.class)
        .hasMessageContaining("%08x".formatted(row.checkValue() ^ 1));
  }

  private DataKeyRow row(KeyReference key) {
    return Objects.requireNonNull(cluster.table.byId(id(key))).row();
  }

  @Test
  void a_missing_master_key_is_named_with_its_source_and_the_remedy() throws Exception {
    KeyReference key = node.seals();
    Path aside = Files.createDirectory(cluster.root.resolve("elsewhere")).resolve("key");
    Files.move(cluster.keyFile, aside);
    String master = cluster.table.wraps(id(key)).get(0).wrapped().masterKey().keyId();
    for (TestCluster.Node each : List.of(node, cluster.node(2))) {
      assertThatThrownBy(() -> each.opens(key))
          .isInstanceOf(KeyNotFoundException.class)
          .hasMessageContainingAll(
              master, cluster.keyFile.toString(), key.keyId(), "system_key: former");
    }
    assertThat(node.provider.kept(TestCluster.SPEC)).isNull();
    Files.move(aside, cluster.keyFile);
    node.opens(key);
  }

  @Test
  void a_master_key_of_before_that_is_gone_is_needed_no_more_after_the_rewrap() throws Exception {
    KeyReference key = node.seals();
    cluster.replaceMasterKey(2);
    node.keys().rewrap(id(key));
    List<String> lines = Files.readAllLines(cluster.keyFile);
    Files.writeString(cluster.keyFile, lines.get(1) + "\n");
    node.opens(key);
    cluster.node(2).opens(key);
  }

  @Test
  void sealing_ends_under_a_key_that_is_about_to_go_when_no_other_can_be_had() {
    KeyReference first = node.seals();
    node.keys().rotate(TestCluster.LINE, 1, null);
    node.keys().mark(id(first), DataKeyState.DEPRECATED);
    DataKeyRow next = cluster.newest();
    cluster.tamper(next.keyId(), 0, 1);
    TestCluster.Node other = cluster.node(2);
    assertThatThrownBy(() -> other.seals(first))
        .isInstanceOf(KeyProvider.LastKeyEndedException.class);
  }

  @Test
  void specs_that_cannot_be_served_are_refused() {
    node.provider.check(TestCluster.SPEC);
    assertThatThrownBy(() -> node.provider.check(KeySpec.local("system_key", CipherSpec.AES_256)))
        .isInstanceOf(KeyConfigException.class);
    assertThatThrownBy(
            () ->
                node.provider.check(
                    KeySpec.replicated("system_key", "n".repeat(1025), CipherSpec.AES_256)))
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining("1024");
  }

  @Test
  void each_strength_and_namespace_has_a_line_of_its_own() {
    for (int bits : List.of(128, 192, 256)) {
      DataKey key =
          node.provider
              .current(KeySpec.replicated("system_key", null, CipherSpec.aes(bits)), null)
              .key();
      assertThat(key.bits()).isEqualTo(bits);
      key.retire();
    }
    assertThat(cluster.table.all()).hasSize(3).allMatch(row -> row.version() == 1);
  }
}
