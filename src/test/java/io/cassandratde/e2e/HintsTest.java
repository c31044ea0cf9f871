package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.files.LogFiles;
import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.kmip.Gate;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Hints of one node for another that is down: sealed on disk; handed over when it is back, or when
 * the key server is.
 */
@ExtendWith(SharedTestBed.class)
class HintsTest {

  private static final Duration PATIENCE = Duration.ofMinutes(4);

  /** Soon on disk, instead of after ten seconds; and patient with a busy machine. */
  private static final String YAML =
      "hints_flush_period: 500ms\nread_request_timeout: 60s\nwrite_request_timeout: 10s\n";

  private static final String GROUP = "gate";

  private final TestBed bed;

  HintsTest(TestBed bed) {
    this.bed = bed;
  }

  @Test
  void are_sealed_and_wait_for_their_key() throws Exception {
    try (Gate gate = new Gate(bed.devServer().address())) {
      Path config =
          bed.writeConfig(
              "hints.yaml", List.of(bed.devServer().group(GROUP).withHosts(gate.address())));
      try (CassandraNode first =
              CassandraNode.prepare(bed.setup("hints-1", config, true))
                  .useYaml(YAML + new LogSealing(GROUP, "hints").hints());
          CassandraNode second =
              CassandraNode.joining(first, bed.setup("hints-2", config, true))
                  .useYaml(YAML + "auto_bootstrap: false\n")) {
        first.start();
        second.start();
        first.execute(
            "CREATE KEYSPACE h WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 2}");
        first.execute("CREATE TABLE h.t " + Rows.COLUMNS);
        // A hint of a table that it does not know yet would be thrown away.
        Await.until(
            "the table on the second", () -> second.execute("SELECT id FROM h.t").all().isEmpty());
        second.stop(); // says so to the first, which need not find out

        Rows rows = new Rows("h.t").insert(first.cql(), 200);
        Await.until("hints", () -> size(LogFiles.hints(first.directory())) > 4000);
        assertThat(RawFiles.found(LogFiles.segments(first.directory()), rows.secrets()))
            .as("the search finds the same rows in a commit log in clear")
            .hasSize(200);
        first.stop();
        List<Path> hints = LogFiles.hints(first.directory());
        assertThat(RawFiles.found(hints, rows.secrets())).isEmpty();
        assertThat(RawFiles.found(hints, List.of("EncryptingLZ4Compressor"))).hasSize(1);

        handOffWaitsForTheKey(first, second, gate, hints);
        first.stop();
        Await.until(
            "every row on the second",
            PATIENCE,
            () -> {
              rows.assertAllRead(second.cql());
              return true;
            });
      }
    }
  }

  /** Without the line in cassandra.yaml, as a node that needs the key at start does not start. */
  private static void handOffWaitsForTheKey(
      CassandraNode first, CassandraNode second, Gate gate, List<Path> hints) {
    gate.shut();
    first.useYaml(YAML).start();
    second.start();
    Await.until("the pause", PATIENCE, () -> first.log().contains("Hinted handoff is paused"));
    assertThat(hints).isNotEmpty().allMatch(Files::exists);

    gate.open();
    // Logged after the file is gone.
    Await.until(
        "the hand-off", PATIENCE, () -> first.log().contains("Finished hinted handoff of file"));
    assertThat(LogFiles.hints(first.directory())).isEmpty();
    assertThat(first.log())
        .contains("Hinted handoff goes on")
        .doesNotContain("file is corrupted", "set aside");
  }

  private static long size(List<Path> files) throws IOException {
    long size = 0;
    for (Path file : files) {
      size += Files.size(file);
    }
    return size;
  }
}
