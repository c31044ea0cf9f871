package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.servererrors.InvalidConfigurationInQueryException;
import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.kmip.KmipGroup;
import io.cassandratde.e2e.kmip.PyKmip;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
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
 * which builds a missing Filter.db from Data.db. Another table's data keys are wrapped by a master
 * key that never leaves its server, which is away as well.
 */
@ExtendWith(SharedTestBed.class)
class StartWithoutKeyTest {

  private static final Duration STARTUP_KEY_WAIT = Duration.ofSeconds(3);

  private static final String REPLICATED =
      "replicated_keys: {directory: start-without-key-copies, master_keys: {pay: {kmip_host:"
          + " wrapping, key_namespace: master, wrap_at: server}}}\n";

  private final TestBed bed;

  StartWithoutKeyTest(TestBed bed) {
    this.bed = bed;
  }

  @Test
  void the_node_waits_then_stops_with_the_message_and_nothing_changed() throws IOException {
    try (PyKmip wrapping = bed.startPyKmip("pykmip-wrapping")) {
      waitsThenStops(wrapping);
      assertThat(wrapping.processed("Encrypt")).isPositive();
      assertThat(wrapping.processed("Decrypt")).isPositive();
      assertThat(wrapping.processed("Get")).as("Get, of a key that stays there").isZero();
    }
  }

  private void waitsThenStops(PyKmip wrapping) throws IOException {
    Path config =
        bed.writeConfig(
            "start-without-key.yaml",
            List.of(bed.devServer().group("dev"), wrapping.group("wrapping")),
            REPLICATED);
    try (CassandraNode node =
        CassandraNode.prepare(bed.setup("start-without-key", config, false))
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
      Rows underMaster = underMaster(node);
      node.jmx().flush("s");
      assertThat(RawFiles.found(node.dataFiles("s", "pay"), underMaster.secrets())).isEmpty();
      node.stop();
      Path data = node.dataFiles("s", "t").get(0);
      final byte[] before = Files.readAllBytes(data);
      Files.delete(data.resolveSibling(data.getFileName().toString().replace("Data", "Filter")));

      Instant launched = Instant.now();
      assertThat(node.useConfig(deadServers(wrapping)).startAndAwaitExit()).isNotZero();

      assertThat(Duration.between(launched, Instant.now())).isGreaterThan(STARTUP_KEY_WAIT);
      assertThat(node.log())
          .contains(
              "Start stopped, with nothing changed: the data cannot be read without its key, and is not damaged",
              "of group replicated:pay",
              "KMIP group 'wrapping'")
          .doesNotContain("Corrupt sstable");
      assertThat(data).hasBinaryContent(before);
      node.useConfig(config).start();
      rows.assertAllRead(node.cql());
      underMaster.assertAllRead(node.cql());
    }
  }

  /** Its data keys are wrapped at the server. */
  private static Rows underMaster(CassandraNode node) {
    Await.until(
        "the tables of data keys",
        () -> {
          try {
            node.execute(
                "CREATE TABLE IF NOT EXISTS s.pay %s WITH compression = {'class': 'EncryptingLZ4Compressor', 'system_key_file': 'pay'}"
                    .formatted(Rows.COLUMNS));
            return true;
          } catch (InvalidConfigurationInQueryException notYet) {
            assertThat(notYet).hasMessageContaining("encryption_control");
            return false;
          }
        });
    return new Rows("s.pay").insert(node.cql(), 50);
  }

  private Path deadServers(PyKmip wrapping) throws IOException {
    String dead = "127.0.0.1:1";
    List<KmipGroup> groups =
        List.of(
            bed.devServer().group("dev").withHosts(dead),
            wrapping.group("wrapping").withHosts(dead));
    Path config = bed.writeConfig("dead.yaml", groups, REPLICATED);
    return Files.writeString(
        config,
        "startup_key_wait: " + STARTUP_KEY_WAIT.toSeconds() + "s\n",
        StandardOpenOption.APPEND);
  }
}
