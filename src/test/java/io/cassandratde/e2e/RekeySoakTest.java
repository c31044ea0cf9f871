package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.fasterxml.jackson.databind.JsonNode;
import io.cassandratde.e2e.kmip.DevServer;
import io.cassandratde.e2e.load.SteadyLoad;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.e2e.process.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tool, node and key server get kill -9 at each stage of a rekey of three nodes under load; each
 * time it is resumed to its proof, with every row. The parts of {@code scripts/soak rekey} are told
 * by the first words of the tests.
 */
@Tag("soak")
@ExtendWith(SharedTestBed.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RekeySoakTest {

  private static final int REQUESTS_A_SECOND = 300;
  private static final String STORAGE = "org.apache.cassandra.db:type=StorageService";
  private static final String THROUGHPUT = "CompactionThroughputMbPerSec";

  /**
   * After kill -9, the answer of its seed may come late: while the seed still dials the process
   * that is gone.
   */
  private static final String PEERS = "-Dcassandra.ring_delay_ms=30000";

  /** As many SSTables, or almost, that a node is seen between the first and the last. */
  private static final int MANY = 300;

  /** With the rewrite of {@code rk.bulk} at 1 MiB/s, a node is busy for ten seconds. */
  private final Rows bulk = Rows.ofLength("rk.bulk", 8000);

  private final TestBed bed;
  private final DevServer server;
  private final RekeyRing nodes;
  private final List<SteadyLoad> loads = new ArrayList<>();
  private @Nullable Rows others;
  private int nextId = 1_000_000;

  RekeySoakTest(TestBed bed) {
    this.bed = bed;
    server = DevServer.start(bed.distribution(), bed.directory().resolve("rekeysoak-server"));
    nodes = RekeyRing.prepare(bed, "rekeysoak", server.group("dev"));
  }

  @BeforeAll
  void start() {
    nodes.start();
    nodes.all().forEach(node -> node.useJvmOptions(List.of(PEERS)));
    others = nodes.createTables(1000);
    nodes.createTable("bulk", "t");
    for (int i = 0; i < 4; i++) {
      bulk.insert(nodes.all().get(0).cql(), 400);
      nodes.all().forEach(node -> node.jmx().flush("rk"));
    }
  }

  @AfterAll
  void stop() {
    nodes.close();
    server.close();
  }

  private RekeyFault fault(String fault, String stage) {
    nodes.mend();
    nextId += 1_000_000;
    Path directory =
        bed.directory().resolve("rekeysoak-run/" + fault + "-" + stage.replace(' ', '-'));
    return new RekeyFault(nodes, directory, nextId, REQUESTS_A_SECOND);
  }

  /** Of this load and all before it, of the tables that nobody writes, and of no log a word. */
  private void verify(RekeyFault fault, String what, @Nullable CassandraNode killed)
      throws Exception {
    loads.add(fault.endLoad(what, killed));
    try (CqlSession quorum = nodes.quorum()) {
      for (SteadyLoad load : loads) {
        load.requireAllRows(quorum, "rk.t");
      }
    }
    for (CassandraNode node : nodes.all()) {
      Objects.requireNonNull(others).assertAllRead(node.cql());
      bulk.assertAllRead(node.cql());
      assertThat(node.log()).doesNotContain("Corrupt");
      assertThat(node.jmx().attribute(STORAGE, THROUGHPUT)).as("%s", node).isEqualTo(64);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PREPARE", "NEW KEY", "SWITCH", "REWRITE", "RELEASE", "PROOF"})
  void tool_killed_at(String stage) throws Exception {
    try (RekeyFault fault = fault("tool", stage)) {
      fault.start().awaitStage(stage).killTool().proved();
      verify(fault, "tool killed at " + stage, null);
    }
  }

  @Test
  void tool_killed_in_the_middle_of_a_rewrite_leaves_no_throughput_behind() throws Exception {
    try (RekeyFault fault = fault("tool", "middle")) {
      CassandraNode node = fault.start("--throughput", "1").awaitReplacing(1);
      fault.killTool();
      assertThat(node.jmx().attribute(STORAGE, THROUGHPUT)).isEqualTo(1);
      fault.proved();
      verify(fault, "tool killed in the middle of a rewrite", null);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PREPARE", "NEW KEY", "SWITCH", "REWRITE", "RELEASE", "PROOF"})
  void server_killed_at(String stage) throws Exception {
    try (RekeyFault fault = fault("server", stage)) {
      fault.start().awaitStage(stage);
      server.kill();
      try {
        Await.until(
            "the run notices, or needs no server",
            Duration.ofMinutes(4),
            () -> !fault.goesOn() || fault.text().contains("waiting, until"));
      } finally {
        server.startAgain();
      }
      int exit = fault.end();
      fault.proved();
      verify(fault, "key server killed at " + stage + " (exit code " + exit + ")", null);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PREPARE", "NEW KEY", "SWITCH", "RELEASE", "PROOF"})
  void node_killed_at(String stage) throws Exception {
    try (RekeyFault fault = fault("node", stage)) {
      CassandraNode node = nodes.all().get(1);
      fault.start().awaitStage(stage);
      killAndStart(node);
      int exit = fault.end();
      fault.proved();
      verify(fault, "node killed at " + stage + " (exit code " + exit + ")", node);
    }
  }

  @Test
  void node_killed_in_the_middle_of_its_rewrite() throws Exception {
    try (RekeyFault fault = fault("node", "middle")) {
      CassandraNode node = fault.start("--throughput", "1").awaitReplacing(1);
      killAndStart(node);
      int exit = fault.end();
      fault.proved();
      verify(fault, "node killed in the middle of its rewrite (exit code " + exit + ")", node);
    }
  }

  /** What the tool had the node do is forgotten there. */
  @Test
  void node_and_tool_killed_in_the_middle_of_a_rewrite() throws Exception {
    try (RekeyFault fault = fault("both", "middle")) {
      CassandraNode node = fault.start("--throughput", "1").awaitReplacing(1);
      fault.killTool();
      killAndStart(node);
      fault.proved();
      verify(fault, "tool and node killed in the middle of a rewrite", node);
    }
  }

  @Test
  void node_down_from_the_beginning_is_an_open_item_until_it_is_back() throws Exception {
    try (RekeyFault fault = fault("node", "down")) {
      CassandraNode node = nodes.all().get(2).kill();
      nodes.ring().awaitSeenDown(node);
      Ran open = fault.attempt("open.json", "--wait", "20s");
      assertThat(open.exit()).as("%s", open).isEqualTo(9);
      assertThat(open.out()).contains(node.address() + ":7000: NOT PROVED UNUSED");
      JsonNode proof = fault.proof("open.json");
      assertThat(proof.path("proven").asBoolean()).isFalse();
      assertThat(proof.path("nodes"))
          .filteredOn(each -> each.path("node").asText().equals(node.address() + ":7000"))
          .singleElement()
          .extracting(each -> each.path("open_items").toString())
          .asString()
          .contains("the node is down");
      node.start();
      nodes.ring().awaitEachSeesAll();
      fault.proved();
      assertThat(fault.proof("proof.json").path("new_key")).isEqualTo(proof.path("new_key"));
      verify(fault, "node down from the beginning", node);
    }
  }

  @Test
  void rewrap_with_its_node_killed_in_the_middle_changes_no_data_file() throws Exception {
    nodes.createTable("many", "t");
    Rows many = new Rows("rk.many");
    for (int i = 0; i < MANY; i++) {
      many.insert(nodes.all().get(0).cql(), 1);
      nodes.all().parallelStream().forEach(node -> node.jmx().flush("rk", "many"));
    }
    try (RekeyFault fault = fault("rewrap", "middle")) {
      CassandraNode node = fault.start("--rewrap").awaitReplacing(MANY / 20);
      Map<Path, String> before = digests(node);
      assertThat(before).hasSizeGreaterThan(MANY * 9 / 10);
      node.kill();
      assertThat(digests(node)).containsAllEntriesOf(before);
      node.start();
      nodes.ring().awaitEachSeesAll();
      assertThat(digests(node)).as("after the restart").containsAllEntriesOf(before);
      many.assertAllRead(node.cql());
      int exit = fault.end();
      fault.proved("--rewrap");
      assertThat(digests(node)).as("at the end").containsAllEntriesOf(before);
      many.assertAllRead(node.cql());
      verify(fault, "node killed in the middle of its rewrap (exit code " + exit + ")", node);
    }
  }

  private void killAndStart(CassandraNode node) {
    node.kill().start();
    nodes.ring().awaitEachSeesAll();
  }

  private static Map<Path, String> digests(CassandraNode node) throws Exception {
    Map<Path, String> digests = new TreeMap<>();
    for (Path file : node.dataFiles("rk", "many")) {
      digests.put(file, sha256(file));
    }
    return digests;
  }

  private static String sha256(Path file) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }
}
