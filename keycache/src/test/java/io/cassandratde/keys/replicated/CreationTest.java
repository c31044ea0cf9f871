package io.cassandratde.keys.replicated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.master.KeyBinding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exactly one key comes to be, however many nodes make it and wherever one of them dies. */
class CreationTest {

  private static final class Died extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final TestCluster cluster;

  CreationTest(@TempDir Path root) {
    cluster = new TestCluster(root);
  }

  /** Dies at the step of this number. */
  private static Consumer<String> dyingAt(int step, List<String> steps) {
    AtomicInteger count = new AtomicInteger();
    return name -> {
      if (count.getAndIncrement() == step) {
        steps.add(name);
        throw new Died();
      }
    };
  }

  @Test
  void the_first_use_makes_a_key_and_all_nodes_seal_by_it() {
    KeyReference key = cluster.node(1).seals();
    assertThat(cluster.node(2).seals()).isEqualTo(key);
    assertThat(cluster.node(1).seals()).isEqualTo(key);
    assertThat(cluster.table.all()).hasSize(1);
    assertThat(cluster.newest().state()).isEqualTo(DataKeyState.ACTIVE);
    assertThat(cluster.newest().reference()).isEqualTo(key);
    assertThat(cluster.node(1).file(key)).exists();
    assertThat(cluster.node(2).file(key)).exists();
  }

  @Test
  void a_row_of_the_last_version_is_named_and_one_below_it_does_not_end_the_line() {
    KeyReference first = cluster.node(1).seals();
    DataKeyRow row = cluster.newest();
    cluster.table.put(planted(row, KeyBinding.MAX_VERSION - 1));
    assertThat(cluster.node(1).keys().rotate(TestCluster.LINE, 1, null).version())
        .isEqualTo(KeyBinding.MAX_VERSION);
    assertThatThrownBy(() -> cluster.node(1).keys().rotate(TestCluster.LINE, 0, null))
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining("DELETE its row")
        .hasMessageContaining(TestCluster.LINE.toString());
    cluster.node(2).opens(first);
  }

  private static DataKeyRow planted(DataKeyRow like, int version) {
    return new DataKeyRow(
        like.line(),
        version,
        UUID.randomUUID(),
        1,
        DataKeyState.INACTIVE,
        like.createdAt(),
        like.activeFrom(),
        like.changedAt());
  }

  @RepeatedTest(10)
  void nodes_that_make_it_at_once_make_one() throws Exception {
    int nodes = 6;
    CyclicBarrier together = new CyclicBarrier(nodes);
    ExecutorService threads = Executors.newFixedThreadPool(nodes);
    try {
      List<Future<KeyReference>> all = new ArrayList<>();
      for (int i = 0; i < nodes; i++) {
        int number = i;
        Callable<KeyReference> first =
            () -> {
              boolean[] waited = new boolean[1];
              return cluster
                  .node(
                      number,
                      step -> {
                        // All of them have seen that there is none.
                        if (step.equals("after line") && !waited[0]) {
                          waited[0] = true;
                          await(together);
                        }
                      })
                  .seals();
            };
        all.add(threads.submit(first));
      }
      for (Future<KeyReference> each : all) {
        assertThat(each.get(2, TimeUnit.MINUTES)).isEqualTo(cluster.newest().reference());
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(cluster.in(DataKeyState.ACTIVE)).hasSize(1);
    assertThat(cluster.table.all()).hasSize(1);
    assertThat(cluster.table.keysWithWraps()).as("the losers take theirs away").isEqualTo(1);
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(2, TimeUnit.MINUTES);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whichever_step_a_node_dies_at_the_next_attempt_ends_with_one_key() {
    List<String> steps = new ArrayList<>();
    int step = 0;
    for (; ; step++) {
      cluster.table.truncate();
      List<String> died = new ArrayList<>();
      TestCluster.Node dying = cluster.node(1000 + step, dyingAt(step, died));
      try {
        var unused = dying.seals();
      } catch (Died e) {
        // As meant.
      }
      KeyReference key = cluster.node(2000 + step).seals();
      assertThat(cluster.node(3000 + step).seals()).isEqualTo(key);
      assertThat(cluster.node(1000 + step).seals()).isEqualTo(key);
      assertThat(cluster.table.all()).as("died at %s", died).hasSize(1);
      assertThat(cluster.newest().state()).isEqualTo(DataKeyState.ACTIVE);
      if (died.isEmpty()) {
        break;
      }
      steps.addAll(died);
    }
    assertThat(steps)
        .containsSubsequence(
            "before activeMaster",
            "before addWrap",
            "after addWrap",
            "before add",
            "after add",
            "before byId",
            "after byId",
            "before change",
            "after change");
  }

  @Test
  void a_rotation_that_dies_is_ended_by_whoever_comes_next() {
    KeyReference first = cluster.node(1).seals();
    for (int step = 0; ; step++) {
      DataKeyRow before = cluster.newest();
      List<String> died = new ArrayList<>();
      try {
        var unused =
            cluster
                .node(1, dyingAt(step, died))
                .keys()
                .rotate(TestCluster.LINE, before.version(), null);
      } catch (Died e) {
        // As meant.
      }
      DataKeyRow next = cluster.node(2).keys().rotate(TestCluster.LINE, before.version(), null);
      assertThat(next.version()).as("died at %s", died).isEqualTo(before.version() + 1);
      assertThat(cluster.node(3).seals()).isEqualTo(next.reference());
      assertThat(cluster.in(DataKeyState.ACTIVE)).hasSize(1);
      if (died.isEmpty()) {
        break;
      }
    }
    cluster.node(2).opens(first);
  }

  @Test
  void a_pending_key_that_does_not_open_is_waited_for_a_minute_and_then_retired() {
    List<String> died = new ArrayList<>();
    assertThatThrownBy(() -> cluster.node(1, dyingAfterAdd(died)).seals()).isInstanceOf(Died.class);
    DataKeyRow pending = cluster.newest();
    assertThat(pending.state()).isEqualTo(DataKeyState.PENDING);
    cluster.tamper(pending.keyId(), 0, 1);
    TestCluster.Node other = cluster.node(2);
    assertThatThrownBy(other::seals)
        .isInstanceOf(KeyUnavailableException.class)
        .hasMessageContaining("does not open yet");
    cluster.aWhile();
    KeyReference key = other.seals();
    assertThat(key).isNotEqualTo(pending.reference());
    assertThat(cluster.newest().version()).isEqualTo(2);
    assertThat(cluster.in(DataKeyState.RETIRED)).hasSize(1);
  }

  private static Consumer<String> dyingAfterAdd(List<String> died) {
    return step -> {
      if (step.equals("after add")) {
        died.add(step);
        throw new Died();
      }
    };
  }

  @Test
  void a_pending_key_is_not_retired_while_its_master_key_cannot_be_had() throws Exception {
    assertThatThrownBy(() -> cluster.node(1, dyingAfterAdd(new ArrayList<>())).seals())
        .isInstanceOf(Died.class);
    Path aside = Files.createDirectory(cluster.root.resolve("elsewhere")).resolve("key");
    Files.move(cluster.keyFile, aside);
    cluster.aWhile();
    assertThatThrownBy(() -> cluster.node(2).seals()).isInstanceOf(KeyException.class);
    assertThat(cluster.newest().state()).isEqualTo(DataKeyState.PENDING);
    Files.move(aside, cluster.keyFile);
    assertThat(cluster.node(2).seals()).isEqualTo(cluster.newest().reference());
  }

  @Test
  void a_clock_that_jumps_back_brings_no_older_key_back_and_makes_none() {
    TestCluster.Node node = cluster.node(1);
    KeyReference first = node.seals();
    cluster.advance(Duration.ofDays(2));
    KeyReference second =
        Objects.requireNonNull(node.keys().rotate(TestCluster.LINE, 1, null)).reference();
    assertThat(node.seals(first)).isEqualTo(second);
    node.skewed(Duration.ofDays(-1));
    assertThat(node.seals(second)).isEqualTo(second);
    assertThat(cluster.node(1).skewed(Duration.ofDays(-1)).seals()).isEqualTo(second);
    assertThat(cluster.table.all()).hasSize(2);
  }

  @Test
  void a_key_that_is_made_in_advance_seals_from_its_time_on() {
    TestCluster.Node node = cluster.node(1);
    KeyReference first = node.seals();
    DataKeyRow next =
        node.keys().rotate(TestCluster.LINE, 1, cluster.now().plus(Duration.ofHours(1)));
    TestCluster.Node other = cluster.node(2);
    assertThat(other.seals()).isEqualTo(first);
    assertThat(other.file(next)).as("fetched ahead").exists();
    cluster.advance(Duration.ofMinutes(61));
    assertThat(other.seals(first)).isEqualTo(next.reference());
    assertThat(cluster.in(DataKeyState.INACTIVE)).hasSize(1);
    // A node whose clock is behind does not stay with a key that others have ended.
    assertThat(node.skewed(Duration.ofHours(-1)).seals(first)).isEqualTo(next.reference());
  }

  @Test
  void a_key_that_sealed_here_is_not_gone_behind_while_its_predecessor_is_not_ended_yet() {
    KeyReference first = cluster.node(1).seals();
    DataKeyRow next =
        cluster.node(1).keys().rotate(TestCluster.LINE, 1, cluster.now().plus(Duration.ofHours(1)));
    cluster.advance(Duration.ofMinutes(61));
    TestCluster.Node node =
        cluster.node(
            2,
            step -> {
              if (step.equals("before change")) {
                throw KeyUnavailableException.nobodyAsked("no quorum for it");
              }
            });
    assertThat(node.seals(first)).isEqualTo(next.reference());
    node.skewed(Duration.ofHours(-2));
    assertThat(node.seals(next.reference())).isEqualTo(next.reference());
    assertThat(node.seals(first)).isEqualTo(first);
  }
}
