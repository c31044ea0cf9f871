package io.cassandratde.tools.rekey;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run whose nodes are restarted under it, or on which somebody ends its work. */
@Timeout(300)
class RekeyRestartTest {

  private final Path directory;
  private final AtomicInteger pauses = new AtomicInteger();
  private RekeyFixture run;

  RekeyRestartTest(@TempDir Path directory) {
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

  private interface Change {
    void make() throws Exception;
  }

  private static void make(Change change) {
    try {
      change.make();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** When the run prints this stage; back after it has waited five times. */
  private void onStage(String stage, Change away, Change back) {
    run.onLine =
        line -> {
          if (line.contains("] " + stage + ":")) {
            make(away);
            run.onPause =
                () -> {
                  if (pauses.incrementAndGet() == 5) {
                    make(back);
                  }
                };
          }
        };
  }

  @ParameterizedTest
  @ValueSource(strings = {"REWRITE", "RELEASE", "PROOF"})
  void a_node_that_is_restarted_is_waited_for(String stage) throws Exception {
    onStage(stage, () -> run.a.down(), () -> run.a.up());
    assertThat(run.run().isProven()).as(run.out()).isTrue();
    assertThat(pauses.get()).isGreaterThanOrEqualTo(5);
    assertThat(run.a.calls).containsExactly("rewrite throughput=64", "release throughput=64");
  }

  @ParameterizedTest
  @ValueSource(strings = {"NEW KEY", "SWITCH", "REWRITE", "RELEASE", "PROOF"})
  void a_node_that_answers_while_it_starts_is_waited_for(String stage) throws Exception {
    onStage(
        stage,
        () -> {
          run.a.mode("STARTING");
          run.a.hideKeys();
        },
        () -> {
          run.a.showKeys();
          run.a.mode("NORMAL");
        });
    assertThat(run.run().isProven()).as(run.out()).isTrue();
    assertThat(run.a.calls).containsExactly("rewrite throughput=64", "release throughput=64");
  }

  @Test
  void a_node_that_was_killed_a_moment_ago_is_waited_for_before_anything_is_changed()
      throws Exception {
    onStage("PREPARE", () -> run.a.killed(), () -> run.a.up());
    assertThat(run.run().isProven()).as(run.out()).isTrue();
    assertThat(run.out()).contains("the same check value 5eed0001 on 2 nodes");
  }

  @Test
  void a_node_that_does_not_come_back_is_waited_for_once() throws Exception {
    run.onLine =
        line -> {
          if (line.contains("] REWRITE:")) {
            make(() -> run.a.down());
            run.onPause = pauses::incrementAndGet;
          }
        };
    assertThat(run.run().isProven()).isFalse();
    assertThat(pauses.get()).as("seconds").isBetween(20, 30);
    assertThat(run.b.calls).contains("rewrite throughput=64", "release throughput=64");
    assertThat(run.out()).contains("NOT DONE: " + run.a.address());
    run.onLine = line -> {};
    run.a.up();
    assertThat(run.run().isProven()).as(run.out()).isTrue();
  }

  @Test
  void what_somebody_ends_on_a_node_is_not_begun_again_by_this_run() throws Exception {
    run.throughput = 5;
    run.a.outcomes.add("RUNNING");
    run.onPause =
        () -> {
          if (pauses.incrementAndGet() == 2) {
            assertThat(run.a.cancel("op-1")).isTrue();
          }
        };
    assertThat(run.run().isProven()).isFalse();
    assertThat(run.wasStoppedOnNode()).isTrue();
    assertThat(run.out())
        .contains("NOT DONE: " + run.a.address() + ": rewrite was ended on the node by somebody");
    assertThat(run.a.calls)
        .containsExactly("rewrite throughput=5", "cancel op-1", "release throughput=64");
    assertThat(run.a.throughput()).isEqualTo(64);
    assertThat(run.b.calls).as("the other node").contains("rewrite throughput=5");

    assertThat(run.run().isProven()).as(run.out()).isTrue();
    assertThat(run.wasStoppedOnNode()).isFalse();
    assertThat(run.a.calls.stream().filter(c -> c.startsWith("rewrite"))).hasSize(2);
  }

  @Test
  void a_release_that_somebody_ends_is_not_begun_again_by_this_run() throws Exception {
    run.a.outcomes.addAll(List.of("DONE", "CANCELLED"));
    assertThat(run.run().isProven()).isFalse();
    assertThat(run.wasStoppedOnNode()).isTrue();
    assertThat(run.a.calls).containsExactly("rewrite throughput=64", "release throughput=64");
  }

  /** Its compactions end as by an operator, or are refused, and its beans go last. */
  @ParameterizedTest
  @ValueSource(strings = {"CANCELLED", "FAILED"})
  void what_ends_because_the_node_is_shut_down_is_nobodys_wish(String outcome) throws Exception {
    run.a.outcomes.addAll(List.of(outcome, outcome, outcome));
    run.a.onStart = () -> run.a.mode("DRAINING");
    run.onPause =
        () -> {
          switch (pauses.incrementAndGet()) {
            case 6 -> make(() -> run.a.down());
            case 10 ->
                make(
                    () -> {
                      run.a.outcomes.clear();
                      run.a.onStart = () -> {};
                      run.a.mode("NORMAL");
                      run.a.up();
                    });
            default -> {}
          }
        };
    assertThat(run.run().isProven()).as(run.out()).isTrue();
    assertThat(run.wasStoppedOnNode()).isFalse();
  }
}
