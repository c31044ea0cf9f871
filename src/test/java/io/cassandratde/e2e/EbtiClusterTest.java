package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Encrypted SSTables between real nodes: what is streamed arrives sealed, and can be read. */
@ExtendWith(SharedTestBed.class)
class EbtiClusterTest {

  private static final String YAML = "sstable:\n  selected_format: ebti\n";

  private final TestBed bed;

  EbtiClusterTest(TestBed bed) {
    this.bed = bed;
  }

  @Test
  void bootstrap_repair_and_decommission() {
    try (CassandraNode first =
            CassandraNode.prepare(bed.setup("cluster-1", bed.config(), true)).useYaml(YAML);
        CassandraNode second =
            CassandraNode.joining(first, bed.setup("cluster-2", bed.config(), true))
                .useYaml(YAML)) {
      first.start();
      first.execute(
          "CREATE KEYSPACE ring WITH replication = {'class': 'SimpleStrategy',"
              + " 'replication_factor': 1}");
      for (String table : List.of("t", "indexed")) {
        first.execute(
            "CREATE TABLE ring."
                + table
                + " "
                + Rows.COLUMNS
                + " WITH "
                + Encryption.lz4("dev", "ebti").options());
      }
      first.execute("CREATE INDEX ON ring.indexed (secret) USING 'sai'");
      Rows rows = new Rows("ring.t");
      for (int i = 0; i < 5; i++) {
        rows.insert(first.cql(), 400);
      }
      Rows indexed = new Rows("ring.indexed").insert(first.cql(), 500);
      first.jmx().flush("ring");

      // Parts of SSTables: the receiver opens the sender's chunks and seals its own.
      second.start();
      assertSealed(second, rows, indexed);
      rows.assertAllRead(second.cql());
      indexed.assertAllRead(second.cql());
      assertThat(
              second
                  .execute(
                      "SELECT id FROM ring.indexed WHERE secret = '" + indexed.secretOf(7) + "'")
                  .all())
          .hasSize(1);

      first.execute(
          "ALTER KEYSPACE ring WITH replication = {'class': 'SimpleStrategy',"
              + " 'replication_factor': 2}");
      second.nodetool("repair", "--full", "ring").orFail();
      rows.assertAllRead(second.cql());
      assertSealed(first, rows, indexed);
      assertSealed(second, rows, indexed);

      // Whole SSTables as they are: the receiver needs the sender's keys.
      first.execute(
          "ALTER KEYSPACE ring WITH replication = {'class': 'SimpleStrategy',"
              + " 'replication_factor': 1}");
      first.nodetool("cleanup", "ring").orFail();
      second.nodetool("cleanup", "ring").orFail();
      second.nodetool("decommission", "--force").orFail();
      assertSealed(first, rows, indexed);
      rows.assertAllRead(first.cql());
      indexed.assertAllRead(first.cql());
      first.restart();
      rows.assertAllRead(first.cql());
      indexed.assertAllRead(first.cql());
      assertThat(first.log()).doesNotContain("Corrupt");
      assertThat(second.log()).doesNotContain("Corrupt");
    }
  }

  private static void assertSealed(CassandraNode node, Rows... tables) {
    List<String> secrets = Stream.of(tables).flatMap(rows -> rows.secrets().stream()).toList();
    assertThat(node.dataFiles("ring", "t")).isNotEmpty();
    Await.until(
        "nothing readable on " + node, () -> RawFiles.found(files(node), secrets).isEmpty());
  }

  private static List<Path> files(CassandraNode node) {
    try (Stream<Path> all = Files.walk(node.directory().resolve("data/ring"))) {
      return all.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
