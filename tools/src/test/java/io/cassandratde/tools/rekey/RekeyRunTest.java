package io.cassandratde.tools.rekey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.kmip.KeyState;
import io.cassandratde.kmip.devserver.DevServerBehaviour;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.rolling.Window;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class RekeyRunTest {

  private final Path directory;
  private RekeyFixture run;

  RekeyRunTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeEach
  void start() throws Exception {
    run = new RekeyFixture(directory);
  }

  @AfterEach
  void stop() throws Exception {
    run.close();
  }

  /** As kill -9 ends a run; no code of the run takes it for a failure. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  private JsonNode proof() throws Exception {
    return new ObjectMapper().readTree(run.proofFile().toFile());
  }

  @Test
  void a_key_is_replaced_and_proved_unused() throws Exception {
    Proof proof = run.run();
    assertThat(proof.isProven()).as(run.out()).isTrue();
    String made = String.valueOf(proof.newKeyId());
    assertThat(run.state(run.old)).isEqualTo(KeyState.DEACTIVATED);
    assertThat(run.state(made)).isEqualTo(KeyState.ACTIVE);
    assertThat(run.keys()).hasSize(2);
    for (FakeNode node : new FakeNode[] {run.a, run.b}) {
      assertThat(node.calls).containsExactly("rewrite throughput=64", "release throughput=64");
      assertThat(node.sealsWith).isEqualTo(made);
    }
    assertThat(proof().path("proven").asBoolean()).isTrue();
    assertThat(proof().path("new_key").asText()).isEqualTo(made);
    assertThat(proof().path("nodes")).hasSize(2);
    Proof ofNobody = new Proof(proof.request(), made, proof.at(), List.of());
    assertThat(ofNobody.isProven()).as("no node read anything").isFalse();
    assertThat(Files.readString(run.report()))
        .contains("Proved", run.old, made, "Deactivated", "(Active)");
    assertThat(run.out()).contains("[2/6] NEW KEY", "the same check value 5eed0001 on 2 nodes");
  }

  @Test
  void wraps_alone_are_replaced_where_that_is_asked_for() throws Exception {
    run.rewrap = true;
    assertThat(run.run().isProven()).isTrue();
    assertThat(run.a.calls).contains("rewrap throughput=64").noneMatch(c -> c.contains("rewrite"));
  }

  @Test
  void a_snapshot_keeps_the_proof_open_until_it_is_cleared() throws Exception {
    run.snapshot = "before";
    assertThat(run.run().isProven()).isFalse();
    assertThat(run.out()).contains("snapshot before of ks.t", "keeps needing");
    run.snapshot = null;
    run.clearSnapshots = true;
    assertThat(run.run().isProven()).as(run.out()).isTrue();
    assertThat(run.a.calls).contains("snapshot before ks", "clear before ks");
  }

  @Test
  void a_node_that_is_down_is_an_open_item_until_it_is_back() throws Exception {
    run.b.down();
    Proof open = run.run();
    assertThat(open.isProven()).isFalse();
    assertThat(run.out()).contains("10.0.0.2:7000: NOT PROVED UNUSED", "the node is down");
    assertThat(run.a.calls).contains("rewrite throughput=64");
    run.b.up();
    Proof proof = run.run();
    assertThat(proof.isProven()).as(run.out()).isTrue();
    assertThat(proof.newKeyId()).isEqualTo(open.newKeyId());
    assertThat(run.b.calls).contains("rewrite throughput=64");
    assertThat(run.a.calls).as("nothing twice").hasSize(2);
  }

  @Test
  void a_node_that_dies_in_the_middle_is_waited_for_and_done_afterwards() throws Exception {
    AtomicInteger pauses = new AtomicInteger();
    run.a.outcomes.add("RUNNING");
    run.onPause =
        () -> {
          try {
            switch (pauses.incrementAndGet()) {
              case 2 -> run.a.down();
              case 6 -> run.a.up();
              default -> {}
            }
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        };
    assertThat(run.run().isProven()).as(run.out()).isTrue();
    assertThat(run.a.calls.stream().filter(c -> c.startsWith("rewrite"))).hasSize(2);
  }

  /** At each line that a run prints, one after the other. */
  @Test
  void a_run_that_is_killed_anywhere_is_resumed_to_the_proof_with_one_new_key() throws Exception {
    run.throughput = 5;
    AtomicInteger lines = new AtomicInteger();
    int kills = 0;
    boolean proven = false;
    while (!proven) {
      int at = kills + 2;
      lines.set(0);
      run.onLine =
          line -> {
            if (lines.incrementAndGet() == at) {
              throw new Killed();
            }
          };
      try {
        proven = run.run().isProven();
      } catch (Killed e) {
        kills++;
      }
      assertThat(kills).isLessThan(200);
    }
    assertThat(kills).isGreaterThan(10);
    assertThat(run.keys()).as("keys").hasSize(2);
    assertThat(run.a.throughput()).isEqualTo(64);
    assertThat(run.b.throughput()).isEqualTo(64);
  }

  /** They are back when the run has waited for them once. */
  @Test
  void key_servers_that_go_away_as_a_stage_begins_are_waited_for() throws Exception {
    DevServerBehaviour server = run.kmip().server().behaviour();
    AtomicInteger waits = new AtomicInteger();
    run.onPause =
        () -> {
          waits.incrementAndGet();
          server.connectivity(DevServerBehaviour.Connectivity.NORMAL);
        };
    run.onLine =
        line -> {
          if (line.startsWith("[")) {
            server.connectivity(DevServerBehaviour.Connectivity.DROPPING);
          }
        };
    Proof proof = run.run();
    server.connectivity(DevServerBehaviour.Connectivity.NORMAL);
    assertThat(proof.isProven()).as(run.out()).isTrue();
    assertThat(waits.get()).isGreaterThanOrEqualTo(3);
    assertThat(run.keys()).hasSize(2);
  }

  /** In its probe, whose failure would be a refusal if the server gave it. */
  @Test
  void key_servers_that_go_away_at_the_revoke_are_waited_for() throws Exception {
    DevServerBehaviour server = run.kmip().server().behaviour();
    AtomicInteger revokes = new AtomicInteger();
    server.onRequest(
        name -> {
          if (name.equals("Revoke") && revokes.incrementAndGet() == 1) {
            server.connectivity(DevServerBehaviour.Connectivity.DROPPING);
          }
        });
    run.onPause = () -> server.connectivity(DevServerBehaviour.Connectivity.NORMAL);
    assertThat(run.run().isProven()).as(run.out()).isTrue();
    assertThat(revokes.get()).isGreaterThanOrEqualTo(3);
    assertThat(run.out()).contains("nothing was revoked, for the probe before it found no server");
  }

  @Test
  void throughput_is_set_while_a_node_rewrites_and_restored() throws Exception {
    run.throughput = 5;
    run.a.outcomes.add("FAILED");
    assertThat(run.run().isProven()).isTrue();
    assertThat(run.a.calls)
        .containsExactly("rewrite throughput=5", "rewrite throughput=5", "release throughput=64");
    assertThat(run.a.throughput()).isEqualTo(64);
  }

  @Test
  void a_stop_cancels_what_runs_restores_and_begins_nothing_more() throws Exception {
    run.throughput = 5;
    run.a.outcomes.add("RUNNING");
    run.onPause = () -> run.stop();
    assertThatThrownBy(run::run).isInstanceOf(InterruptedException.class);
    assertThat(run.a.calls).containsExactly("rewrite throughput=5", "cancel op-1");
    assertThat(run.a.throughput()).isEqualTo(64);
    assertThat(run.b.calls).isEmpty();
    run.onPause = () -> {};
    assertThat(run.run().isProven()).as(run.out()).isTrue();
  }

  @Test
  void what_a_node_does_already_is_followed() throws Exception {
    run.a.operation("theirs", "rewrite", run.old, "RUNNING");
    run.onLine =
        line -> {
          if (line.contains("followed")) {
            run.a.uses.removeIf(use -> use.place().equals("live"));
            run.a.operation("theirs", "rewrite", run.old, "DONE");
          }
        };
    assertThat(run.run().isProven()).as(run.out()).isTrue();
    assertThat(run.out()).contains("a rewrite of this key is running there already (theirs)");
    assertThat(run.a.calls).noneMatch(call -> call.startsWith("rewrite"));
  }

  @Test
  void a_node_that_sees_another_key_stops_the_run_before_anything_is_revoked() {
    run.b.checkValue = "0bad0bad";
    assertThatThrownBy(run::run)
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("they ask different servers");
    assertThat(run.state(run.old)).isEqualTo(KeyState.ACTIVE);
    assertThat(run.keys()).extracting(key -> key.state()).contains(KeyState.PRE_ACTIVE);
    assertThat(run.a.calls).isEmpty();
  }

  @Test
  void a_key_that_the_nodes_have_left_already_needs_no_new_one() throws Exception {
    String other = run.kmip().newKey();
    run.a.sealsWith = other;
    run.b.sealsWith = other;
    Proof proof = run.run();
    assertThat(proof.isProven()).isTrue();
    assertThat(proof.newKeyId()).isEqualTo(other);
    assertThat(run.keys()).hasSize(2);
  }

  @Test
  void what_fails_again_and_again_is_named_and_the_others_are_done() throws Exception {
    run.a.outcomes.addAll(List.of("FAILED", "FAILED", "FAILED"));
    assertThat(run.run().isProven()).isFalse();
    assertThat(run.out()).contains("rewrite failed: ks.t: the disk is full");
    assertThat(run.b.calls).contains("rewrite throughput=64");
  }

  @Test
  void what_could_not_be_read_keeps_the_proof_open() throws Exception {
    run.b.unreadable = true;
    assertThat(run.run().isProven()).isFalse();
    assertThat(run.out()).contains("may need any key", "/data/broken-Data.db");
    assertThat(proof().path("nodes").get(0).path("unused").asBoolean()).isTrue();
    assertThat(proof().path("nodes").get(1).path("unused").asBoolean()).isFalse();
    run.b.unreadable = false;
    run.b.partial = true;
    assertThat(run.run().isProven()).isFalse();
    assertThat(run.out()).contains("not everything was read");
  }

  /** Of a stream, or of a flush that a restart made: it came after the node's turn. */
  @Test
  void what_comes_under_the_key_after_a_nodes_turn_is_replaced_too() throws Exception {
    run.onLine =
        line -> {
          if (line.contains("PROOF")) {
            run.a.holds("live", "ks", "", run.old);
          }
        };
    assertThat(run.run().isProven()).as(run.out()).isTrue();
    assertThat(run.a.calls.stream().filter(call -> call.startsWith("rewrite"))).hasSize(2);
    assertThat(run.b.calls.stream().filter(call -> call.startsWith("rewrite"))).hasSize(1);
  }

  @Test
  void files_that_a_node_is_writing_are_waited_for() throws Exception {
    run.a.unfinished = true;
    AtomicInteger pauses = new AtomicInteger();
    run.onPause = () -> run.a.unfinished = pauses.incrementAndGet() < 3;
    assertThat(run.run().isProven()).as(run.out()).isTrue();
    run.onPause = () -> {};
    run.a.unfinished = true;
    assertThat(run.run().isProven()).isFalse();
  }

  @Test
  void a_busy_node_is_left_alone_and_named() throws Exception {
    run.a.pending = 101;
    assertThat(run.run().isProven()).isFalse();
    assertThat(run.out()).contains("101 compactions pending, more than 100");
    assertThat(run.a.calls).noneMatch(call -> call.startsWith("rewrite"));
  }

  @Test
  void a_disk_without_room_stops_the_run_before_anything_is_changed() {
    run.b.usable = 999;
    assertThatThrownBy(run::run)
        .hasMessageContaining("no room to rewrite, so nothing was begun")
        .hasMessageContaining("/data has 999 B left");
    assertThat(run.keys()).hasSize(1);
  }

  @Test
  void work_waits_for_the_window() throws Exception {
    run.window = new Window(LocalTime.of(22, 0), LocalTime.of(5, 0), ZoneOffset.UTC);
    run.a.onStart =
        () -> assertThat(LocalTime.ofInstant(run.now(), ZoneOffset.UTC).getHour()).isEqualTo(22);
    assertThat(run.run().isProven()).isTrue();
    assertThat(run.out()).contains("waiting for the window 22:00-05:00");
  }

  @Test
  void a_second_run_of_the_same_key_is_refused_while_one_goes_on() throws Exception {
    try (RekeyState held = RekeyState.open(run.stateFile(), "prod", run.old, run.now())) {
      assertThat(held.resumed()).isFalse();
      assertThatThrownBy(run::run).hasMessageContaining("another rekey of this key is running");
    }
    assertThatThrownBy(
            () -> {
              run.run();
              RekeyState.open(run.stateFile(), "prod", "another", run.now()).close();
            })
        .hasMessageContaining("name another file with --state");
  }
}
