package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * SSTables that were in clear before their tables were protected, of the stock format and of ebti:
 * read, and sealed by upgradesstables; under {@code require_encrypted} refused at a start, by
 * import and refresh, and in a stream.
 */
@ExtendWith(SharedTestBed.class)
class RequireEncryptedTest {

  /** Where stock Cassandra would serve without what it cannot open. */
  private static final String YAML = "disk_failure_policy: ignore\n";

  private static final String EBTI = YAML + "sstable:\n  selected_format: ebti\n";

  private final TestBed bed;
  private final CassandraNode node;
  private final Path required;
  private final Rows stock = new Rows("older.stock");
  private final Rows ebti = new Rows("older.ebti");

  RequireEncryptedTest(TestBed bed) throws IOException {
    this.bed = bed;
    node = CassandraNode.prepare(bed.setup("older", bed.config(), true)).useYaml(YAML);
    required = bed.writeConfig("required.yaml", List.of(bed.devServer().group("dev")));
    Files.writeString(required, "require_encrypted: true\n", StandardOpenOption.APPEND);
  }

  @Test
  void what_is_in_clear_is_read_and_sealed_or_refused_where_it_is_required() {
    try (node) {
      inClearInProtectedTables();
      Path kept = node.directory().resolve("kept");
      List<Path> copies =
          List.of(
              RawFiles.copySSTables(directory("stock"), kept.resolve("1/older/stock")),
              RawFiles.copySSTables(directory("ebti"), kept.resolve("2/older/ebti")));
      stopsTheStart("ebti");
      RawFiles.deleteSSTables(directory("ebti"));
      stopsTheStart("stock");

      node.useConfigInConf(bed.config()); // for programs
      node.useConfig(bed.config()).start();
      stock.assertAllRead(node.cql());
      upgraded();
      node.useConfig(required).restart();
      stock.assertAllRead(node.cql());
      node.execute("TRUNCATE older.stock");
      Await.until("an empty folder", () -> RawFiles.sstableFiles(directory("stock")).isEmpty());
      for (Path copy : copies) {
        isRefusedByImportRefreshAndStream(copy);
      }
    }
  }

  private void inClearInProtectedTables() {
    node.start();
    node.execute(
        "CREATE KEYSPACE older WITH replication = {'class': 'SimpleStrategy',"
            + " 'replication_factor': 1}");
    node.execute("CREATE TABLE older.stock " + Rows.COLUMNS);
    node.execute("CREATE INDEX by_secret ON older.stock (secret)");
    stock.insert(node.cql(), 300);
    node.jmx().flush("older");
    node.useYaml(EBTI).restart();
    node.execute("CREATE TABLE older.ebti " + Rows.COLUMNS);
    ebti.insert(node.cql(), 100);
    node.jmx().flush("older");
    for (String table : List.of("stock", "ebti")) {
      assertThat(node.dataFiles("older", table)).hasSize(1);
      node.execute(
          "ALTER TABLE older." + table + " WITH " + Encryption.lz4("dev", "older").options());
    }
    node.restart();
    stock.assertAllRead(node.cql());
    ebti.assertAllRead(node.cql());
    assertThat(RawFiles.found(RawFiles.below(directory("stock")), stock.secrets())).isNotEmpty();
    assertThat(RawFiles.found(RawFiles.below(directory("ebti")), ebti.secrets())).isNotEmpty();
    node.stop();
  }

  private void stopsTheStart(String table) {
    int logged = node.log().length();
    assertThat(node.useConfig(required).startAndAwaitExit()).isNotZero();
    assertThat(node.log().substring(logged))
        .containsPattern(
            "Start stopped: \\S*/older/"
                + table
                + "-\\S*-Data.db is in clear, and table older."
                + table
                + " is protected: require_encrypted refuses it")
        .contains("nodetool upgradesstables -a older " + table);
  }

  private void upgraded() {
    node.nodetool("upgradesstables", "-a", "older", "stock").orFail();
    Await.until(
        "nothing in clear, the index included",
        () -> RawFiles.found(RawFiles.below(directory("stock")), stock.secrets()).isEmpty());
    stock.assertAllRead(node.cql());
    assertThat(RawFiles.sstableFiles(directory("stock"))).allMatch(name -> name.contains("-ebti-"));
  }

  private void isRefusedByImportRefreshAndStream(Path copy) {
    String table = String.valueOf(copy.getFileName());
    refused(
        table,
        () -> node.nodetool("import", "--copy-data", "older", table, copy.toString()).orFail());
    refused(
        table,
        () -> {
          RawFiles.copySSTables(copy, directory(table));
          node.jmx().refresh("older", table);
        });
    refused(table, () -> node.tool("BulkLoader", "-d", node.address(), copy.toString()).orFail());
  }

  /** And what came in, as Cassandra asks nobody before, goes by what the message says. */
  private void refused(String table, ThrowingCallable way) {
    int logged = node.log().length();
    assertThatThrownBy(way).isInstanceOf(AssertionError.class);
    String message = "and table older." + table + " is protected: require_encrypted refuses it";
    Await.until("the message in the log", () -> node.log().indexOf(message, logged) > 0);
    assertThat(node.isRunning()).isTrue();
    node.execute("TRUNCATE older." + table);
    RawFiles.deleteSSTables(directory(table));
    new Rows("older." + table).assertAllRead(node.cql());
  }

  private Path directory(String table) {
    return node.tableDirectory("older", table);
  }
}
