package io.cassandratde.keys.kmip;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.kmip.KeyState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
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
      // No key is made before every node has looked, found nothing and asked for one.
      CountDownLatch toCreate = new CountDownLatch(NODES);
      group
          .behaviour()
          .onRequest(
              operation -> {
                if (operation.equals("Create")) {
                  toCreate.countDown();
                  await(toCreate);
                }
              });
      List<Future<String>> nodes = new ArrayList<>();
      for (int i = 0; i < NODES; i++) {
        KmipKeyProvider node = group.provider();
        nodes.add(threads.submit(() -> node.current(SPEC, null).key().reference().toString()));
      }
      List<String> answers = new ArrayList<>();
      for (Future<String> node : nodes) {
        answers.add(node.get(120, TimeUnit.SECONDS));
      }
      assertThat(answers).as("every node seals with the same key").containsOnly(answers.get(0));
      assertThat(group.behaviour().received("Create")).as("there was a race").isEqualTo(NODES);
      assertThat(group.administration().list(null).keys())
          .singleElement()
          .satisfies(key -> assertThat(key.state()).isEqualTo(KeyState.ACTIVE));
    } finally {
      threads.shutdownNow();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).as("every node asks for a key").isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
