package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.servererrors.ReadFailureException;
import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A node whose policy encrypts everything. */
@ExtendWith(SharedTestBed.class)
class EncryptAllTest {

  private final TestBed bed;

  EncryptAllTest(TestBed bed) {
    this.bed = bed;
  }

  /** System tables too: schema, paxos, prepared statements; and tables that say nothing. */
  @Test
  void a_policy_of_all_leaves_no_table_in_clear() throws IOException {
    Path config = bed.writeConfig("all.yaml", List.of(bed.devServer().group("dev")));
    Files.writeString(
        config,
        "encrypt: all\ndefault_key: {key_namespace: everything}\nmapped_index_memory: 64KiB\n",
        StandardOpenOption.APPEND);
    CassandraNode.Setup setup = bed.setup("ebti-all", config, true);
    try (CassandraNode other = CassandraNode.prepare(setup)) {
      assertThat(other.startAndAwaitExit()).as("the stock format is selected").isNotZero();
      assertThat(other.output()).contains("selected_format: ebti");
      other.useYaml(EbtiFormatTest.YAML).start();
      other.execute(
          "CREATE KEYSPACE hushhush WITH replication = {'class': 'SimpleStrategy',"
              + " 'replication_factor': 1}");
      other.execute("CREATE TABLE hushhush.plainword " + Rows.COLUMNS);
      other.execute(
          "CREATE TABLE hushhush.raw " + Rows.COLUMNS + " WITH compression = {'enabled': 'false'}");
      Rows rows = new Rows("hushhush.plainword").insert(other.cql(), 100);
      Rows raw = new Rows("hushhush.raw").insert(other.cql(), 100);
      other.execute("INSERT INTO hushhush.raw (id, secret) VALUES (-1, 'LWTMARK') IF NOT EXISTS");
      other.nodetool("flush").orFail();
      List<String> secrets = new ArrayList<>(rows.secrets());
      secrets.addAll(raw.secrets());
      secrets.addAll(List.of("LWTMARK", "INSERT INTO hushhush"));
      assertThat(RawFiles.found(sstables(other), secrets)).isEmpty();
      rows.assertAllRead(other.cql());
      other.restart();
      rows.assertAllRead(other.cql());
      assertThat(RawFiles.found(sstables(other), secrets)).isEmpty();
      assertThat(other.log()).doesNotContain("Corrupt");
      an_index_that_does_not_fit_into_its_memory_is_not_queried(other);
      rows.assertAllRead(other.cql());
      a_damaged_index_file_is_corruption_of_its_sstable(other);
      rows.assertAllRead(other.cql());
    }
  }

  private static void an_index_that_does_not_fit_into_its_memory_is_not_queried(
      CassandraNode other) {
    other.execute("CREATE TABLE hushhush.indexed " + Rows.COLUMNS);
    other.execute("CREATE INDEX by_secret ON hushhush.indexed (secret) USING 'sai'");
    Rows rows = threeThousand("hushhush.indexed", other);
    other.jmx().flush("hushhush");
    Await.until(
        "the refusal in the log",
        () -> other.log().contains("in use within mapped_index_memory (65536)"));
    String query = "SELECT id FROM hushhush.indexed WHERE secret = '" + rows.secretOf(7) + "'";
    assertThatThrownBy(() -> other.execute(query)).isInstanceOf(ReadFailureException.class);
    rows.assertAllRead(other.cql());
    assertThat(gauge(other, "MappedRefusals")).isPositive();
    assertThat(gauge(other, "MappedUsedBytes")).isBetween(0L, 65536L);
  }

  /** The driver has so many requests on their way at most. */
  private static Rows threeThousand(String table, CassandraNode on) {
    Rows rows = new Rows(table);
    for (int i = 0; i < 6; i++) {
      rows.insert(on.cql(), 500);
    }
    return rows;
  }

  private static long gauge(CassandraNode of, String name) {
    return (Long)
        of.jmx().attribute("org.apache.cassandra.metrics:type=TdeIndexes,name=" + name, "Value");
  }

  /** The rows behind the changed page fail, no others, and the node goes on. */
  private static void a_damaged_index_file_is_corruption_of_its_sstable(CassandraNode other)
      throws IOException {
    other.execute("CREATE TABLE hushhush.harmed " + Rows.COLUMNS);
    Rows rows = threeThousand("hushhush.harmed", other);
    other.jmx().flush("hushhush");
    Path data = other.dataFiles("hushhush", "harmed").get(0);
    String partitions = String.valueOf(data.getFileName()).replace("Data.db", "Partitions.db");
    Path index = data.resolveSibling(partitions);
    RawFiles.flip(index, Files.size(index) / 2);
    int failed = 0;
    for (int id = 0; id < 3000; id += 10) {
      try {
        String query = "SELECT secret FROM hushhush.harmed WHERE id = " + id;
        Row row = other.execute(query).one();
        assertThat(row).as("a row may not vanish, id " + id).isNotNull();
        assertThat(row.getString(0)).isEqualTo(rows.secretOf(id));
      } catch (ReadFailureException damaged) {
        failed++;
      }
    }
    assertThat(failed).isBetween(1, 299);
    assertThat(other.log().lines().filter(line -> line.contains(partitions)))
        .anyMatch(line -> line.contains("Corrupt"));
  }

  private static List<Path> sstables(CassandraNode of) {
    try (Stream<Path> all = Files.walk(of.directory().resolve("data"))) {
      return all.filter(file -> file.getFileName().toString().contains("-ebti-"))
          .filter(Files::isRegularFile)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
