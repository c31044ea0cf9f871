package io.cassandratde.keys.kmip;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.kmip.KeyState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;

/**
 * Eight nodes find no key at the same moment (docs/RULES.md R14), over TLS, each with its own
 * connections.
 */
class ElectionRaceTest {

  private static final int NODES = 8;
  private static final KeySpec SPEC = KeySpec.kmip(DevGroup.NAME, "race", CipherSpec.AES_256);

  @RepeatedTest(3)
  void exactly_one_key_becomes_active_and_the_losers_are_gone() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(NODES);
    try (DevGroup group = DevGroup.single()) {
      // Slow answers: every node has looked, and found nothing, before the first one creates.
      group.behaviour().responseDelay(Duration.ofMillis(100));
      CyclicBarrier start = new CyclicBarrier(NODES);
      List<Future<String>> nodes = new ArrayList<>();
      for (int i = 0; i < NODES; i++) {
        KmipKeyProvider node = group.provider();
        nodes.add(
            threads.submit(
                () -> {
                  start.await(20, TimeUnit.SECONDS);
                  return node.current(SPEC, null).key().reference().toString();
                }));
      }
      while (group.behaviour().received("Create") < 2 && nodes.stream().noneMatch(Future::isDone)) {
        Thread.onSpinWait();
      }
      group.behaviour().responseDelay(Duration.ZERO);
      List<String> answers = new ArrayList<>();
      for (Future<String> node : nodes) {
        answers.add(node.get(60, TimeUnit.SECONDS));
      }
      assertThat(answers).as("every node seals with the same key").containsOnly(answers.get(0));
      assertThat(group.behaviour().received("Create")).as("there was a race").isGreaterThan(1);
      assertThat(group.administration().list(null).keys())
          .singleElement()
          .satisfies(key -> assertThat(key.state()).isEqualTo(KeyState.ACTIVE));
    } finally {
      threads.shutdownNow();
    }
  }
}
