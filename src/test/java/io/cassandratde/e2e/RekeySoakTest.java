package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.e2e.kmip.Gate;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.e2e.process.Program;
import io.cassandratde.e2e.process.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Tool, node and key server are killed at each stage of a rekey; each time it ends with a proof.
 */
@Tag("soak")
@ExtendWith(SharedTestBed.class)
class RekeySoakTest {

  private static final List<String> STAGES =
      List.of("PREPARE", "NEW KEY", "SWITCH", "REWRITE", "RELEASE", "PROOF");

  private final TestBed bed;

  RekeySoakTest(TestBed bed) {
    this.bed = bed;
  }

  @Test
  void every_fault_ends_in_a_proof() throws Exception {
    try (Gate gate = new Gate(bed.devServer().address());
        RekeyRing nodes =
            RekeyRing.prepare(
                bed, "rekeysoak", bed.devServer().group("dev").withHosts(gate.address()))) {
      nodes.start();
      Rows others = nodes.createTables(3000);
      String key = nodes.onlyKey("t");
      for (String stage : STAGES) {
        key = toolKilled(nodes, key, stage);
      }
      for (String stage : STAGES) {
        key = serverAway(nodes, gate, key, stage);
      }
      for (String stage : List.of("SWITCH", "REWRITE", "PROOF")) {
        key = nodeKilled(nodes, key, stage);
      }
      for (CassandraNode node : nodes.all()) {
        others.assertAllRead(node.cql());
        new Rows("rk.t").expect(3000).assertAllRead(node.cql());
        assertThat(node.log()).doesNotContain("Corrupt");
      }
    }
  }

  /** A run in the background. */
  private record Running(Process process, Path output) {

    void awaitStage(String stage) {
      Await.until(stage, Duration.ofMinutes(3), () -> text().contains("] " + stage + ":"));
    }

    String text() throws IOException {
      return Files.readString(output);
    }

    int end() throws InterruptedException {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
      return process.exitValue();
    }
  }

  private Path directory(String fault, String stage) throws IOException {
    return Files.createDirectories(
        bed.directory().resolve("rekeysoak-run/" + fault + "-" + stage.replace(' ', '-')));
  }

  private Running start(RekeyRing nodes, Path directory, String key) throws IOException {
    List<String> command = nodes.arguments(directory, key, "proof.json", "--wait", "120s");
    command.add(0, bed.distribution().directory().resolve("bin/cassandra-tde").toString());
    Path output = directory.resolve("first.out");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("TDE_CONFIG", nodes.config().toString());
    return new Running(Program.start(builder), output);
  }

  /** The key that took its place. */
  private static String proved(RekeyRing nodes, Path directory, String key) throws IOException {
    Ran again = nodes.rekey(directory, key, "proof.json", "--wait", "120s");
    assertThat(again.exit()).as("%s", again).isZero();
    var proof = new ObjectMapper().readTree(directory.resolve("proof.json").toFile());
    assertThat(proof.path("proven").asBoolean()).isTrue();
    String next = proof.path("new_key").asText();
    assertThat(nodes.onlyKey("t")).isEqualTo(next);
    return next;
  }

  private String toolKilled(RekeyRing nodes, String key, String stage) throws Exception {
    Path directory = directory("tool", stage);
    Running run = start(nodes, directory, key);
    run.awaitStage(stage);
    Program.kill(run.process());
    String next = proved(nodes, directory, key);
    System.out.println("tool killed at " + stage + ": proved");
    return next;
  }

  private String serverAway(RekeyRing nodes, Gate gate, String key, String stage) throws Exception {
    Path directory = directory("server", stage);
    Running run = start(nodes, directory, key);
    run.awaitStage(stage);
    gate.shut();
    try {
      Await.until(
          "the run notices, or needs no server",
          () -> !run.process().isAlive() || run.text().contains("waiting, until"));
    } finally {
      gate.open();
    }
    int exit = run.end();
    String next = proved(nodes, directory, key);
    System.out.println("key server away at " + stage + ": exit code " + exit + ", then proved");
    return next;
  }

  private String nodeKilled(RekeyRing nodes, String key, String stage) throws Exception {
    Path directory = directory("node", stage);
    Running run = start(nodes, directory, key);
    run.awaitStage(stage);
    CassandraNode node = nodes.all().get(1);
    node.kill().start();
    nodes.ring().awaitEachSeesAll();
    int exit = run.end();
    String next = proved(nodes, directory, key);
    System.out.println("node killed at " + stage + ": exit code " + exit + ", then proved");
    return next;
  }
}
