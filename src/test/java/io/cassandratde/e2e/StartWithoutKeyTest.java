package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.kmip.KmipGroup;
import io.cassandratde.e2e.node.CassandraNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * An SSTable whose data is needed while it opens, at a start without its key: stock Cassandra calls
 * it corrupt and may serve without it (docs/RULES.md R22). On a node of its own, in BTI format,
 * which builds a missing Filter.db from Data.db.
 */
@ExtendWith(SharedTestBed.class)
class StartWithoutKeyTest {

  private static final Duration STARTUP_KEY_WAIT = Duration.ofSeconds(3);

  private final TestBed bed;

  StartWithoutKeyTest(TestBed bed) {
    this.bed = bed;
  }

  @Test
  void the_node_waits_then_stops_with_the_message_and_nothing_changed() throws IOException {
    try (CassandraNode node =
        CassandraNode.prepare(bed.setup("start-without-key", bed.config(), false))
            .useYaml(
                """
                sstable:
                  selected_format: bti
                storage_compatibility_mode: NONE
                # In the place of the template's: here stock Cassandra serves without the SSTable.
                disk_failure_policy: ignore
                """)
            .start()) {
      node.execute(
          "CREATE KEYSPACE s WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
      node.execute(
          "CREATE TABLE s.t " + Rows.COLUMNS + " WITH " + Encryption.lz4("dev", "start").options());
      Rows rows = new Rows("s.t").insert(node.cql(), 100);
      node.jmx().flush("s");
      node.stop();
      Path data = node.dataFiles("s", "t").get(0);
      final byte[] before = Files.readAllBytes(data);
      Files.delete(data.resolveSibling(data.getFileName().toString().replace("Data", "Filter")));

      Instant launched = Instant.now();
      assertThat(node.useConfig(deadServers()).startAndAwaitExit()).isNotZero();

      assertThat(Duration.between(launched, Instant.now())).isGreaterThan(STARTUP_KEY_WAIT);
      assertThat(node.log())
          .contains(
              "Start stopped, with nothing changed: the data cannot be read without its key, and is not damaged")
          .doesNotContain("Corrupt sstable");
      assertThat(data).hasBinaryContent(before);
      node.useConfig(bed.config()).start();
      rows.assertAllRead(node.cql());
    }
  }

  private Path deadServers() throws IOException {
    KmipGroup dead = bed.devServer().group("dev").withHosts("127.0.0.1:1");
    Path config = bed.writeConfig("dead.yaml", List.of(dead));
    return Files.writeString(
        config,
        "startup_key_wait: " + STARTUP_KEY_WAIT.toSeconds() + "s\n",
        StandardOpenOption.APPEND);
  }
}
