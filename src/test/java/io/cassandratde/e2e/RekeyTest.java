package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.e2e.files.SealedFiles;
import io.cassandratde.e2e.load.SteadyLoad;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Ran;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A key of a PyKMIP server is replaced on three real nodes while clients write and read. */
@ExtendWith(SharedTestBed.class)
@ResourceLock(TestBed.SEVERAL_NODES)
class RekeyTest {

  private static final String GROUP = "py";
  private static final int ROWS = 500;
  private static final int REQUESTS_A_SECOND = 350;

  private final TestBed bed;
  private final RekeyRing nodes;

  RekeyTest(TestBed bed) {
    this.bed = bed;
    this.nodes = RekeyRing.prepare(bed, "rekey", bed.pykmip().group(GROUP));
  }

  @Test
  void a_key_is_replaced_under_load_and_proved_unused_once_the_snapshot_is_gone() throws Exception {
    try (nodes) {
      nodes.start();
      Rows others = nodes.createTables(ROWS);
      String old = nodes.onlyKey("t");
      String otherKey = nodes.onlyKey("other");
      CassandraNode first = nodes.all().get(0);
      first.jmx().snapshot("kept", "rk", "t");
      List<Path> untouched = files("other");

      Path directory = Files.createDirectories(bed.directory().resolve("rekey-run"));
      Ran blocked;
      Ran proved;
      SteadyLoad load = nodes.load(ROWS, REQUESTS_A_SECOND);
      try (load) {
        load.start();
        blocked = nodes.rekey(directory, old, "open.json", "--wait", "60s");
        proved =
            nodes.rekey(
                directory, old, "proof.json", "--wait", "60s", "--include-snapshots", "clear");
        load.stop();
        assertThat(load.failures()).isEmpty();
      }

      // The snapshot, and nothing else, kept the proof open.
      assertThat(blocked.exit()).as("%s", blocked).isEqualTo(9);
      JsonNode open = proof(directory, "open.json");
      assertThat(open.path("proven").asBoolean()).isFalse();
      assertThat(open.findValuesAsText("place")).containsOnly("snapshot");
      assertThat(blocked.out()).contains("snapshot kept of rk.t");

      assertThat(proved.exit()).as("%s", proved).isZero();
      JsonNode proof = proof(directory, "proof.json");
      assertThat(proof.path("proven").asBoolean()).isTrue();
      assertThat(proof.path("nodes")).hasSize(3);
      String now = proof.path("new_key").asText();

      // The raw files say the same.
      assertThat(keysBelow("data")).doesNotContain(old).contains(now, otherKey);
      assertThat(files("other")).isEqualTo(untouched);
      assertThat(bed.dsetool("managekmip", "list", GROUP).orFail().out())
          .containsPattern(old + " .*Deactivated")
          .containsPattern(now + " .*Active");

      assertThat(load.rate()).isGreaterThan(300);
      for (CassandraNode node : nodes.all()) {
        others.assertAllRead(node.cql());
        load.requireAllRows(node.cql(), "rk.t");
        assertThat(node.log()).doesNotContain("Corrupt");
      }
      aMemberThatIsDownBlocksDestroying(old, nodes.all().get(2).kill());
    }
  }

  /**
   * The key is proved unused, but who is down now cannot be asked. The others cannot read what they
   * share until they have noticed it: destroy waits for that, and names the dead one alone.
   */
  private void aMemberThatIsDownBlocksDestroying(String key, CassandraNode down) {
    Ran refused =
        bed.dsetool(
            "managekmip",
            "destroy",
            GROUP,
            key,
            "--hosts",
            nodes.hosts(),
            "--attest",
            "all",
            "--wait",
            "2m",
            "--yes");
    assertThat(refused.exit()).as("%s", refused).isEqualTo(14);
    assertThat(refused.err().lines().filter(line -> line.startsWith("  ")))
        .as("%s", refused)
        .anyMatch(line -> line.startsWith("  127.0.0.1:" + down.jmxPort() + ": it could not be"))
        .allMatch(line -> line.contains(":" + down.jmxPort()) || line.contains(down.address()));
    assertThat(bed.dsetool("managekmip", "list", GROUP).orFail().out())
        .containsPattern(key + " .*Deactivated");
  }

  private static JsonNode proof(Path directory, String name) throws Exception {
    return new ObjectMapper().readTree(directory.resolve(name).toFile());
  }

  private List<Path> files(String table) {
    List<Path> files = new ArrayList<>();
    for (CassandraNode node : nodes.all()) {
      try (Stream<Path> found = Files.list(node.tableDirectory("rk", table))) {
        found.filter(Files::isRegularFile).sorted().forEach(files::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return files;
  }

  private Set<String> keysBelow(String directory) {
    return nodes.all().stream()
        .flatMap(
            node ->
                SealedFiles.of(bed.distribution(), node.directory().resolve(directory))
                    .keyIds()
                    .stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
