package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** docs/OPERATIONS.md, "Rolling back": from encrypted SSTables to stock Cassandra, step by step. */
@ExtendWith(SharedTestBed.class)
class BackOutTest {

  private static final String EBTI = "sstable:\n  selected_format: ebti\n";

  private final TestBed bed;
  private final CassandraNode node;

  BackOutTest(TestBed bed) {
    this.bed = bed;
    node = CassandraNode.prepare(bed.setup("back-out", bed.config(), true)).useYaml(EBTI);
  }

  @Test
  void back_to_a_node_without_the_jar_and_the_refusals_on_the_way() {
    Path jar = bed.distribution().serverJar();
    try (node) {
      node.start();
      node.execute(
          "CREATE KEYSPACE back WITH replication = {'class': 'SimpleStrategy',"
              + " 'replication_factor': 1}");
      String options = " WITH " + Encryption.lz4("dev", "back").options();
      node.execute("CREATE TABLE back.t " + Rows.COLUMNS + options);
      node.execute("CREATE TABLE back.indexed " + Rows.COLUMNS + options);
      node.execute("CREATE INDEX ON back.indexed (secret) USING 'sai'");
      Rows rows = new Rows("back.t").insert(node.cql(), 300);
      Rows indexed = new Rows("back.indexed").insert(node.cql(), 300);
      node.jmx().flush("back");
      rows.insert(node.cql(), 50); // in the commit log alone

      // The jar is taken away too early.
      node.stop().useJar(null);
      assertThat(node.startAndAwaitExit()).isNotZero();
      assertThat(node.output()).contains("Selected sstable format 'ebti' is not available.");
      assertThat(node.useYaml("").startAndAwaitExit()).isNotZero();
      assertThat(node.log())
          .contains("Detected unreadable sstables")
          .contains("-ebti-Data.db")
          .contains("please check NEWS.txt");

      // As documented: the stock format, plain tables, everything rewritten, and a look.
      node.useJar(jar).start();
      rows.assertAllRead(node.cql());
      assertThat(needingTheJar()).isNotEmpty();
      assertThat(scan()).contains("ENCRYPTED");
      for (String table : List.of("t", "indexed")) {
        node.execute(
            "ALTER TABLE back." + table + " WITH compression = {'class': 'LZ4Compressor'}");
      }
      node.nodetool("upgradesstables", "-a").orFail();
      Await.until("nothing needs the jar", () -> needingTheJar().isEmpty());
      assertThat(scan()).doesNotContain("ENCRYPTED", "CODEC_CLEAR").contains("PLAINTEXT");
      assertThat(RawFiles.found(dataFiles(), rows.secrets())).as("in clear now").isNotEmpty();
      node.nodetool("drain").orFail();

      node.stop().useJar(null).start();
      rows.assertAllRead(node.cql());
      indexed.assertAllRead(node.cql());
      assertThat(
              node.execute(
                      "SELECT id FROM back.indexed WHERE secret = '" + indexed.secretOf(7) + "'")
                  .all())
          .hasSize(1);
      rows.insert(node.cql(), 50);
      node.jmx().flush("back");
      node.jmx().compact("back");
      rows.assertAllRead(node.cql());
    }
  }

  private String scan() {
    return bed.cassandraTde("scan", "--path", node.directory().resolve("data").toString()).out();
  }

  private List<Path> dataFiles() {
    return RawFiles.below(node.directory().resolve("data"));
  }

  /** Files of the format, of whatever keyspace, snapshots aside. */
  private List<Path> needingTheJar() {
    return dataFiles().stream()
        .filter(file -> file.getFileName().toString().contains("-ebti-"))
        .filter(file -> !file.toString().contains("/snapshots/"))
        .toList();
  }
}
