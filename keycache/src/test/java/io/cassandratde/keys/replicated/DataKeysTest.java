package io.cassandratde.keys.replicated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.TamperedKeyException;
import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.keys.master.WrappedKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators do, and what they are refused. */
class DataKeysTest {

  private final TestCluster cluster;
  private final TestCluster.Node node;
  private final KeyReference first;
  private final UUID firstId;

  DataKeysTest(@TempDir Path root) {
    cluster = new TestCluster(root);
    node = cluster.node(1);
    first = node.seals();
    firstId = UUID.fromString(first.keyId());
  }

  private DataKeyState state(UUID id) {
    return Objects.requireNonNull(cluster.table.byId(id)).row().state();
  }

  private DataKeyRow rotate() {
    return node.keys().rotate(TestCluster.LINE, 0, null);
  }

  @Test
  void rotate_makes_a_new_version_and_the_one_of_before_only_opens() {
    DataKeyRow next = rotate();
    assertThat(next.version()).isEqualTo(2);
    assertThat(state(firstId)).isEqualTo(DataKeyState.INACTIVE);
    assertThat(node.seals(first)).isEqualTo(next.reference());
    node.opens(first);
    assertThat(rotate().version()).isEqualTo(3);
  }

  @Test
  void an_expected_version_that_is_followed_already_makes_no_other_key() {
    DataKeyRow next = node.keys().rotate(TestCluster.LINE, 1, null);
    assertThat(cluster.node(2).keys().rotate(TestCluster.LINE, 1, null)).isEqualTo(next);
    assertThat(cluster.table.all()).hasSize(2);
    assertThatThrownBy(() -> node.keys().rotate(TestCluster.LINE, 7, null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("version 7", "the newest is 2");
  }

  @RepeatedTest(5)
  void two_operators_who_rotate_at_once_make_one_key() throws Exception {
    CyclicBarrier together = new CyclicBarrier(2);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<DataKeyRow>> both = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        boolean[] waited = new boolean[1];
        TestCluster.Node mine =
            cluster.node(
                10 + i,
                step -> {
                  if (step.equals("before add") && !waited[0]) {
                    waited[0] = true;
                    try {
                      together.await(2, TimeUnit.MINUTES);
                    } catch (Exception e) {
                      throw new AssertionError(e);
                    }
                  }
                });
        both.add(threads.submit(() -> mine.keys().rotate(TestCluster.LINE, 0, null)));
      }
      DataKeyRow one = both.get(0).get(2, TimeUnit.MINUTES);
      DataKeyRow other = both.get(1).get(2, TimeUnit.MINUTES);
      assertThat(one.keyId()).isEqualTo(other.keyId());
    } finally {
      threads.shutdownNow();
    }
    assertThat(cluster.table.all()).hasSize(2);
    assertThat(cluster.table.keysWithWraps()).isEqualTo(2);
  }

  @Test
  void a_rotation_at_once_goes_before_one_that_is_planned() {
    DataKeyRow planned =
        node.keys().rotate(TestCluster.LINE, 1, cluster.now().plus(Duration.ofDays(1)));
    assertThat(node.seals()).isEqualTo(first);
    DataKeyRow now = node.keys().rotate(TestCluster.LINE, planned.version(), null);
    assertThat(node.seals(first)).isEqualTo(now.reference());
    cluster.advance(Duration.ofDays(2));
    assertThat(node.seals(now.reference())).isEqualTo(now.reference());
    assertThat(state(planned.keyId())).isEqualTo(DataKeyState.INACTIVE);
  }

  @Test
  void rewrap_adds_a_wrap_that_opens_and_only_when_there_is_another_master_key() {
    assertThat(node.keys().rewrap(firstId)).isFalse();
    List<KeyWrap> before = cluster.table.wraps(firstId);
    cluster.replaceMasterKey(2);
    assertThat(node.keys().rewrap(firstId)).isTrue();
    assertThat(node.keys().rewrap(firstId)).isFalse();
    List<KeyWrap> after = cluster.table.wraps(firstId);
    assertThat(after).hasSize(2).contains(before.get(0));
    assertThat(after.get(0).wrapped().masterKey())
        .isEqualTo(cluster.masters("system_key").current())
        .isNotEqualTo(before.get(0).wrapped().masterKey());
    assertThat(Objects.requireNonNull(node.copies.read(firstId)).key().wraps()).hasSize(2);
    cluster.node(2).opens(first);
  }

  @Test
  void a_rewrap_is_not_told_as_done_unless_the_table_gives_it_back() {
    cluster.replaceMasterKey(2);
    List<KeyWrap> before = cluster.table.wraps(firstId);
    TestCluster.Node losing =
        cluster.node(
            1,
            step -> {
              if (step.equals("after addWrap")) {
                cluster.table.setWraps(firstId, before);
              }
            });
    assertThatThrownBy(() -> losing.keys().rewrap(firstId))
        .isInstanceOf(KeyUnavailableException.class)
        .hasMessageContaining("wrap it again");
    TestCluster.Node spoiling =
        cluster.node(
            1,
            step -> {
              if (step.equals("after addWrap")) {
                cluster.tamper(firstId, 0, 1);
              }
            });
    assertThatThrownBy(() -> spoiling.keys().rewrap(firstId))
        .isInstanceOf(KeyUnavailableException.class);
    assertThat(node.keys().rewrap(firstId)).as("over the one that was spoiled").isTrue();
    cluster.node(2).opens(first);
  }

  /** As when somebody wrote over them all, and named a master key that there never was. */
  @Test
  void rewrap_takes_this_nodes_copy_when_no_wrap_of_the_table_opens() throws Exception {
    assertThat(node.keys().unsound()).isEmpty();
    KeyReference nobody = new KeyReference(7, "nobody", 7);
    WrappedKey foreign =
        WrappedKey.of(WrappedKey.Method.HKDF, nobody, new byte[16], new byte[32 + 16]);
    cluster.table.setWraps(firstId, List.of(new KeyWrap(cluster.now(), foreign)));
    assertThat(node.keys().unsound().get(firstId)).contains(firstId.toString(), "nobody");
    assertThatThrownBy(() -> cluster.node(2).keys().rewrap(firstId))
        .as("which has no copy")
        .isInstanceOf(KeyNotFoundException.class);
    assertThat(node.keys().rewrap(firstId)).isTrue();
    assertThat(node.keys().unsound()).isEmpty();
    cluster.node(2).opens(first);

    cluster.tamper(firstId, 0, 1);
    assertThat(node.keys().unsound().get(firstId)).contains("keys rewrap --key " + firstId);
    assertThat(node.keys().rewrap(firstId)).isTrue();
    cluster.table.setWraps(firstId, List.of());
    assertThat(node.keys().unsound().get(firstId)).contains("has no wrap");
  }

  @Test
  void copies_follow_the_table_when_they_are_told_to_and_say_which_do_not() {
    DataKeyRow next = rotate();
    rotate();
    TestCluster.Node other = cluster.node(2);
    assertThat(other.keys().follow()).isEmpty();
    other.opens(first);
    cluster.replaceMasterKey(2);
    node.keys().rewrap(firstId);
    node.keys().rewrap(next.keyId());
    assertThat(Objects.requireNonNull(other.copies.read(firstId)).key().wraps()).hasSize(1);
    assertThat(other.keys().follow()).isEmpty();
    assertThat(Objects.requireNonNull(other.copies.read(firstId)).key().wraps()).hasSize(2);
    node.keys().mark(next.keyId(), DataKeyState.DEPRECATED);
    node.keys().remove(next.keyId(), Duration.ZERO);
    assertThat(other.keys().follow()).as("a key that is gone").isEmpty();
    cluster.tamper(firstId, 0, 1);
    assertThat(other.keys().follow()).containsExactly(firstId);
  }

  @Test
  void marks_change_into_each_other_and_into_nothing_else() {
    assertThatThrownBy(() -> node.keys().mark(firstId, DataKeyState.DEPRECATED))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("rotate first");
    rotate();
    for (DataKeyState state :
        List.of(
            DataKeyState.REKEYING,
            DataKeyState.REKEYING,
            DataKeyState.DEPRECATED,
            DataKeyState.INACTIVE,
            DataKeyState.DEPRECATED)) {
      cluster.advance(Duration.ofMinutes(1));
      node.keys().mark(firstId, state);
      assertThat(state(firstId)).isEqualTo(state);
      node.opens(first);
    }
    assertThat(Objects.requireNonNull(cluster.table.byId(firstId)).row().changedAt())
        .isEqualTo(cluster.now());
    for (DataKeyState state :
        List.of(
            DataKeyState.ACTIVE,
            DataKeyState.PENDING,
            DataKeyState.RETIRED,
            DataKeyState.REMOVED)) {
      assertThatThrownBy(() -> node.keys().mark(firstId, state))
          .isInstanceOf(IllegalStateException.class);
    }
    assertThat(state(firstId)).isEqualTo(DataKeyState.DEPRECATED);
    assertThatThrownBy(() -> node.keys().mark(UUID.randomUUID(), DataKeyState.REKEYING))
        .isInstanceOf(KeyNotFoundException.class)
        .hasMessageContaining("keys list");
  }

  @Test
  void a_mark_that_comes_between_is_not_overwritten() {
    rotate();
    TestCluster.Node late =
        cluster.node(
            1,
            step -> {
              if (step.equals("before change")) {
                DataKeyRow row = Objects.requireNonNull(cluster.table.byId(firstId)).row();
                cluster.table.put(row.in(DataKeyState.REKEYING, cluster.now()));
              }
            });
    assertThatThrownBy(() -> late.keys().mark(firstId, DataKeyState.DEPRECATED))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("somebody else");
    assertThat(state(firstId)).isEqualTo(DataKeyState.REKEYING);
  }

  @Test
  void only_a_deprecated_key_past_its_retention_is_removed() {
    Duration month = Duration.ofDays(30);
    assertThatThrownBy(() -> node.keys().remove(firstId, Duration.ZERO))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ACTIVE");
    rotate();
    assertThatThrownBy(() -> node.keys().remove(firstId, Duration.ZERO))
        .isInstanceOf(IllegalStateException.class);
    node.keys().mark(firstId, DataKeyState.DEPRECATED);
    cluster.advance(month.minusSeconds(1));
    assertThatThrownBy(() -> node.keys().remove(firstId, month))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("stays until");
    assertThat(node.file(first)).exists();
    // A clock that was set back ends no retention.
    assertThatThrownBy(
            () -> cluster.node(1).skewed(Duration.ofDays(-60)).keys().remove(firstId, month))
        .isInstanceOf(IllegalStateException.class);
    cluster.advance(Duration.ofSeconds(1));
    TestCluster.Node dying =
        cluster.node(
            1,
            step -> {
              if (step.equals("before remove")) {
                DataKeyRow row = Objects.requireNonNull(cluster.table.byId(firstId)).row();
                cluster.table.put(row.in(DataKeyState.REMOVED, cluster.now()));
                throw KeyUnavailableException.nobodyAsked("died with the row changed");
              }
            });
    assertThatThrownBy(() -> dying.keys().remove(firstId, month))
        .isInstanceOf(KeyUnavailableException.class);
    node.keys().remove(firstId, month);
    assertThat(cluster.in(DataKeyState.REMOVED)).hasSize(1);
    assertThat(cluster.table.wraps(firstId)).isEmpty();
    assertThat(node.file(first)).doesNotExist();
    assertThatThrownBy(() -> node.keys().remove(firstId, month))
        .isInstanceOf(KeyNotFoundException.class);
    assertThat(rotate().version()).isEqualTo(3);
  }

  @Test
  void a_key_that_files_of_the_node_need_is_not_removed_whatever_the_caller_says() {
    rotate();
    node.keys().mark(firstId, DataKeyState.DEPRECATED);
    node.files.add(firstId);
    assertThatThrownBy(() -> node.keys().remove(firstId, Duration.ZERO))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("14 files of ks.t need it");
    assertThat(state(firstId)).isEqualTo(DataKeyState.DEPRECATED);
    assertThat(cluster.table.wraps(firstId)).isNotEmpty();
    node.opens(first);
  }

  @Test
  void former_wraps_go_once_the_newest_is_under_the_active_master_key() {
    assertThat(node.keys().removeFormerWraps(firstId)).isZero();
    cluster.replaceMasterKey(2);
    assertThatThrownBy(() -> node.keys().removeFormerWraps(firstId))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("rewrap it first");
    node.keys().rewrap(firstId);
    List<KeyWrap> good = cluster.table.wraps(firstId);
    cluster.tamper(firstId, 0, 1);
    assertThatThrownBy(() -> node.keys().removeFormerWraps(firstId))
        .as("the newest does not open")
        .isInstanceOf(TamperedKeyException.class);
    assertThat(cluster.table.wraps(firstId)).hasSize(2);
    cluster.table.setWraps(firstId, good);
    assertThat(node.keys().removeFormerWraps(firstId)).isEqualTo(1);
    assertThat(cluster.table.wraps(firstId)).hasSize(1);
    TestCluster.Node other = cluster.node(1, TestCluster.away());
    assertThat(Objects.requireNonNull(other.copies.read(firstId)).key().wraps()).hasSize(1);
    other.opens(first);
  }

  /** As a node, whose master keys stay in memory for moments. */
  private DataKeys remembering(Consumer<String> hook) {
    MasterKeys masters = cluster.masters("system_key");
    ReplicatedKeyProvider provider =
        new ReplicatedKeyProvider(name -> masters, cluster::now, TestCluster.HKDF);
    provider.use(cluster.table.through(hook));
    return provider.dataKeys();
  }

  private void dropNewestMasterKey() {
    try {
      List<String> lines = Files.readAllLines(cluster.keyFile);
      Files.write(cluster.keyFile, lines.subList(0, lines.size() - 1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void a_master_key_that_is_in_memory_alone_proves_no_wrap() {
    cluster.replaceMasterKey(2);
    rotate();
    DataKeys rewrapping =
        remembering(
            step -> {
              if (step.equals("after addWrap")) {
                dropNewestMasterKey();
              }
            });
    assertThat(rewrapping.unsound()).as("opened a moment ago").isEmpty();
    assertThatThrownBy(() -> rewrapping.rewrap(firstId)).isInstanceOf(KeyNotFoundException.class);

    cluster.addMasterKey(2);
    DataKeys removing = remembering(step -> {});
    assertThat(removing.unsound()).isEmpty();
    dropNewestMasterKey();
    assertThatThrownBy(() -> removing.removeFormerWraps(firstId))
        .isInstanceOf(KeyNotFoundException.class);
    assertThat(cluster.table.wraps(firstId)).as("the wrap that opens stays").hasSize(2);
  }
}
