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

/** The SSTable format {@code ebti}: no component of an encrypted table holds anything readable. */
@ExtendWith(SharedTestBed.class)
class EbtiFormatTest {

  private static final String FORMAT = "sstable:\n  selected_format: ebti\n";

  private final TestBed bed;

  EbtiFormatTest(TestBed bed) {
    this.bed = bed;
  }

  @Test
  void every_component_is_sealed_and_every_row_survives() {
    try (CassandraNode node =
        CassandraNode.prepare(bed.setup("ebti", bed.config(), true)).useYaml(FORMAT).start()) {
      node.execute(
          "CREATE KEYSPACE ebti WITH replication = {'class': 'SimpleStrategy', 'replication_factor':"
              + " 1}");
      node.execute(
          "CREATE TABLE ebti.sealed "
              + Rows.COLUMNS
              + " WITH "
              + Encryption.lz4("dev", "ebti").options());
      node.execute("CREATE TABLE ebti.clear " + Rows.COLUMNS);
      for (String table : List.of("sealed", "clear")) {
        node.execute("CREATE INDEX sai_" + table + " ON ebti." + table + " (secret) USING 'sai'");
      }
      Rows sealed = new Rows("ebti.sealed").insert(node.cql(), 500);
      Rows clear = new Rows("ebti.clear").insert(node.cql(), 500);
      node.jmx().flush("ebti");
      assertThat(RawFiles.found(files(node, "clear"), clear.secrets()))
          .as("the search finds what is in clear")
          .isNotEmpty();
      assertNothingReadable(node, sealed);
      sealed.insert(node.cql(), 200);
      node.jmx().flush("ebti");
      node.jmx().compact("ebti", "sealed");
      Await.until(
          "the compacted SSTables are gone", () -> node.dataFiles("ebti", "sealed").size() == 1);
      assertNothingReadable(node, sealed);
      sealed.assertAllRead(node.cql());
      clear.assertAllRead(node.cql());
      node.restart();
      sealed.assertAllRead(node.cql());
      clear.assertAllRead(node.cql());
      assertThat(
              node.execute("SELECT id FROM ebti.sealed WHERE secret = '" + sealed.secretOf(7) + "'")
                  .all())
          .singleElement()
          .satisfies(row -> assertThat(row.getInt(0)).isEqualTo(7));
      assertThat(node.log()).doesNotContain("Corrupt");
    }
  }

  private static void assertNothingReadable(CassandraNode node, Rows rows) {
    assertThat(RawFiles.found(files(node, "sealed"), rows.secrets())).isEmpty();
  }

  /** All files of a table, whatever they are. */
  private static List<Path> files(CassandraNode node, String table) {
    try (Stream<Path> all = Files.walk(node.tableDirectory("ebti", table))) {
      return all.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
