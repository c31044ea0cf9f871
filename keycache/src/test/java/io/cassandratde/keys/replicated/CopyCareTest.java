package io.cassandratde.keys.replicated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUnavailableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a table has lost comes back from the copies, and what it has new goes to them. */
@Timeout(120)
class CopyCareTest {

  private final TestCluster cluster;
  private final TestCluster.Node node;

  CopyCareTest(@TempDir Path root) {
    cluster = new TestCluster(root);
    node = cluster.node(1);
  }

  private static UUID id(KeyReference key) {
    return UUID.fromString(key.keyId());
  }

  private DataKeyRow row(KeyReference key) {
    return Objects.requireNonNull(cluster.table.byId(id(key))).row();
  }

  @Test
  void a_truncated_table_gets_its_keys_back_and_no_new_one_is_made() {
    KeyReference first = node.seals();
    KeyReference second = node.keys().rotate(TestCluster.LINE, 1, null).reference();
    assertThat(node.seals(first)).isEqualTo(second);
    node.provider.upkeep();
    TestCluster.Node other = cluster.node(2);
    other.provider.upkeep();
    assertThat(other.file(first)).as("copied, though it was never used there").exists();
    cluster.table.truncate();
    assertThat(other.seals()).isEqualTo(second);
    assertThat(cluster.table.all()).hasSize(2);
    assertThat(cluster.in(DataKeyState.INACTIVE))
        .extracting(DataKeyRow::reference)
        .containsExactly(first);
    cluster.node(3).opens(first);
    assertThat(node.file(first)).exists();
  }

  @Test
  void upkeep_reads_the_table_once_however_many_keys_there_are() {
    KeyReference first = node.seals();
    var unused = node.keys().rotate(TestCluster.LINE, 1, null);
    List<String> asked = new ArrayList<>();
    TestCluster.Node other = cluster.node(2);
    other.provider.use(cluster.table.through(asked::add));
    other.provider.upkeep();
    assertThat(other.file(first)).exists();
    other.provider.upkeep();
    assertThat(asked)
        .containsExactly(
            "before allWithWraps",
            "after allWithWraps",
            "before allWithWraps",
            "after allWithWraps");
  }

  @Test
  void upkeep_gives_back_rows_and_wraps_and_a_dropped_table_takes_no_copy_away() {
    KeyReference key = node.seals();
    cluster.replaceMasterKey(2);
    node.keys().rewrap(id(key));
    node.provider.upkeep();
    cluster.table.truncate();
    node.provider.upkeep();
    assertThat(cluster.newest().reference()).isEqualTo(key);
    assertThat(cluster.table.wraps(id(key))).hasSize(2);
    assertThat(cluster.table.wraps(id(key)).get(0).wrapped().masterKey())
        .isEqualTo(cluster.masters("system_key").current());
    cluster.table.setWraps(id(key), List.of());
    assertThatThrownBy(cluster.node(2)::seals)
        .isInstanceOf(KeyUnavailableException.class)
        .hasMessageContaining("no wrap");
    node.provider.upkeep();
    assertThat(cluster.node(2).seals()).isEqualTo(key);
  }

  @Test
  void a_version_that_another_key_has_by_now_is_told_and_not_overwritten() {
    KeyReference mine = node.seals();
    cluster.table.truncate();
    KeyReference others = cluster.node(2).seals();
    assertThat(TestCluster.logged(node.provider::upkeep))
        .contains("ERROR", mine.keyId(), "another key, " + others.keyId() + ", has its version");
    assertThat(cluster.newest().reference()).isEqualTo(others);
    node.opens(mine);
    node.opens(others);
    assertThat(node.seals(mine)).isEqualTo(others);
  }

  @Test
  void a_key_that_is_lost_in_the_table_and_does_not_open_leaves_its_version_to_itself()
      throws Exception {
    KeyReference old = node.seals();
    cluster.replaceMasterKey(2);
    List<String> lines = Files.readAllLines(cluster.keyFile);
    Files.writeString(cluster.keyFile, lines.get(1) + "\n");
    cluster.table.truncate();
    KeyReference made = node.seals();
    assertThat(made).isNotEqualTo(old);
    assertThat(cluster.newest().version()).isEqualTo(2);
    Files.writeString(cluster.keyFile, lines.get(0) + "\n" + lines.get(1) + "\n");
    node.provider.upkeep();
    cluster.node(2).opens(old);
    assertThat(node.seals(made)).isEqualTo(made);
  }

  @Test
  void a_rotation_in_a_table_that_lost_its_keys_takes_none_of_their_versions() {
    KeyReference first = node.seals();
    cluster.table.truncate();
    assertThat(node.keys().rotate(TestCluster.LINE, 0, null).version()).isEqualTo(2);
    node.provider.upkeep();
    cluster.node(2).opens(first);
  }

  @Test
  void a_key_that_sealed_here_and_is_lost_in_the_table_comes_back_before_an_older_one_seals() {
    KeyReference first = node.seals();
    DataKeyRow second =
        node.keys().rotate(TestCluster.LINE, 1, cluster.now().plus(Duration.ofHours(1)));
    cluster.advance(Duration.ofHours(2));
    DataKeyRow older = row(first);
    assertThat(node.seals(first)).isEqualTo(second.reference());
    cluster.table.lose(second);
    cluster.table.put(older);
    assertThat(node.seals(second.reference())).isEqualTo(second.reference());
    cluster.node(2).opens(second.reference());
  }

  @Test
  void upkeep_takes_over_states_and_wraps() {
    KeyReference first = node.seals();
    TestCluster.Node other = cluster.node(2);
    other.opens(first);
    node.keys().rotate(TestCluster.LINE, 0, null);
    cluster.replaceMasterKey(2);
    node.keys().rewrap(id(first));
    other.provider.upkeep();
    StoredKey copied = Objects.requireNonNull(other.copies.read(id(first))).key();
    assertThat(copied.row().state()).isEqualTo(DataKeyState.INACTIVE);
    assertThat(copied.wraps()).hasSize(2);
  }

  @Test
  void upkeep_in_an_outage_and_under_a_foreign_row_leaves_the_copies_alone() {
    KeyReference key = node.seals();
    node.provider.use(cluster.table.through(TestCluster.away()));
    node.provider.upkeep();
    assertThat(node.file(key)).exists();
    node.provider.use(cluster.table);
    cluster.table.put(row(key).in(DataKeyState.RETIRED, cluster.now()));
    node.provider.upkeep();
    assertThat(node.file(key)).exists();
    node.opens(key);
  }

  @Test
  void a_removed_key_goes_from_the_nodes_that_knew_it_deprecated() {
    KeyReference first = node.seals();
    node.keys().rotate(TestCluster.LINE, 1, null);
    TestCluster.Node knew = cluster.node(2);
    TestCluster.Node wasDown = cluster.node(3);
    wasDown.opens(first);
    node.keys().mark(id(first), DataKeyState.DEPRECATED);
    knew.provider.upkeep();
    cluster.advance(Duration.ofDays(31));
    node.keys().remove(id(first), Duration.ofDays(30));
    assertThat(node.file(first)).doesNotExist();
    knew.provider.upkeep();
    assertThat(knew.file(first)).doesNotExist();
    assertThat(TestCluster.logged(wasDown.provider::upkeep))
        .contains("never saw it deprecated", wasDown.directory.toString());
    assertThat(wasDown.file(first)).exists();
    assertThat(cluster.table.wraps(id(first))).as("it is not brought back").isEmpty();
    assertThatThrownBy(() -> knew.opens(first))
        .isInstanceOf(io.cassandratde.keys.KeyException.class);
  }

  /** Somebody writes DEPRECATED, and then REMOVED, and takes the wraps away. */
  @Test
  void rows_that_say_a_key_is_gone_take_no_copy_that_files_of_the_node_need() {
    KeyReference first = node.seals();
    node.keys().rotate(TestCluster.LINE, 1, null);
    TestCluster.Node unknowing = cluster.node(2);
    node.files.add(id(first));
    unknowing.keys().neededBy(keyId -> "not everything could be read");
    cluster.table.put(row(first).in(DataKeyState.DEPRECATED, cluster.now()));
    node.provider.upkeep();
    unknowing.provider.upkeep();
    DataKeyRow removed = row(first).in(DataKeyState.REMOVED, cluster.now());
    cluster.table.setWraps(id(first), List.of());
    cluster.table.put(removed);
    assertThat(TestCluster.logged(node.provider::upkeep))
        .contains("ERROR", first.keyId(), "14 files of ks.t need it", "DELETE its row");
    assertThat(TestCluster.logged(node.provider::upkeep)).as("once").isEmpty();
    unknowing.provider.upkeep();
    assertThat(unknowing.file(first)).exists();
    node.opens(first);

    cluster.table.lose(removed);
    node.provider.upkeep();
    cluster.node(3).opens(first);
    cluster.table.put(removed);
    node.files.clear();
    node.provider.upkeep();
    assertThat(node.file(first)).doesNotExist();
  }

  @Test
  void what_files_need_is_not_known_before_somebody_told() {
    KeyReference first = node.seals();
    node.keys().rotate(TestCluster.LINE, 1, null);
    node.keys().mark(id(first), DataKeyState.DEPRECATED);
    CopyCare care = new CopyCare(new KeyOpener(cluster::masters, TestCluster.HKDF), cluster::now);
    cluster.table.put(row(first).in(DataKeyState.REMOVED, cluster.now()));
    assertThat(TestCluster.logged(() -> care.round(cluster.table, node.copies)))
        .contains("not known yet");
    assertThat(node.file(first)).exists();
  }
}
