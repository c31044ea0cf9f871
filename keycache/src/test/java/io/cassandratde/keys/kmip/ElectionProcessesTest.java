package io.cassandratde.keys.kmip;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.kmip.KeyState;
import io.cassandratde.kmip.RevocationReason;
import io.cassandratde.kmip.devserver.DevServerBehaviour;
import io.cassandratde.kmip.devserver.TestStores;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Nodes in processes of their own, with a slow key server, find no key at the same moment, or that
 * the current one was revoked: all end with the same new key, and there is no other (docs/RULES.md
 * R14). {@code -Dtde.races=100} for the soak.
 */
class ElectionProcessesTest {

  private static final int NODES = 4;
  private static final int RACES = Integer.getInteger("tde.races", 4);

  private final DevGroup group = DevGroup.inRealTime();
  private final KeyAdministration admin = group.administration();
  private final List<Node> nodes = new ArrayList<>();

  private record Node(Process process, PrintStream orders, BufferedReader answers) {

    static Node start(int port) throws IOException {
      TestStores stores = TestStores.get();
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx64m",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  RaceNode.class.getName(),
                  String.valueOf(port),
                  stores.client().toString(),
                  stores.truststore().toString(),
                  new String(stores.password()))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      return new Node(
          process,
          new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8),
          process.inputReader(StandardCharsets.UTF_8));
    }

    String answer() throws IOException {
      String line = answers.readLine();
      // The logger of the tests writes there too.
      while (line != null && line.contains(" ") && !line.startsWith("failed")) {
        line = answers.readLine();
      }
      return Objects.requireNonNull(line, "the process ended");
    }
  }

  @AfterEach
  void stop() {
    nodes.forEach(node -> node.process().destroy());
    group.close();
  }

  @Test
  void separate_processes_end_with_one_new_key_each_time() throws Exception {
    for (int i = 0; i < NODES; i++) {
      nodes.add(Node.start(group.server(0).port()));
    }
    DevServerBehaviour slow = group.behaviour().responseDelay(Duration.ofMillis(20));
    String last = "";
    for (int race = 0; race < RACES; race++) {
      boolean first = race % 2 == 0;
      String namespace = "race-" + race / 2;
      if (!first) {
        admin.revoke(last, RevocationReason.CESSATION_OF_OPERATION, null, true);
      }
      String winner = race(namespace);
      assertThat(winner).as("race %d", race).isNotEqualTo(last);
      last = winner;
      List<KeyFacts> keys = admin.list(namespace).keys();
      assertThat(keys).as("race %d", race).hasSize(first ? 1 : 2);
      assertThat(keys)
          .filteredOn(key -> key.state() == KeyState.ACTIVE)
          .extracting(KeyFacts::id)
          .containsExactly(winner);
    }
    assertThat(slow.received("Create")).as("nodes were in each other's way").isGreaterThan(RACES);
  }

  /** The same answer of all nodes. */
  private String race(String namespace) throws IOException {
    nodes.forEach(node -> node.orders().println(namespace));
    List<String> answers = new ArrayList<>();
    for (Node node : nodes) {
      answers.add(node.answer());
    }
    assertThat(answers).containsOnly(answers.get(0));
    return answers.get(0);
  }
}
