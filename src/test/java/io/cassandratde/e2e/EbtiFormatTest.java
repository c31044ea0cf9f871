package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.data.CqlVector;
import com.datastax.oss.driver.api.core.servererrors.ReadFailureException;
import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.files.SealedFiles;
import io.cassandratde.e2e.kmip.KmipGroup;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** The SSTable format {@code ebti}: no component of an encrypted table holds anything readable. */
@ExtendWith(SharedTestBed.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EbtiFormatTest {

  private static final String YAML =
      "sstable:\n  selected_format: ebti\nsasi_indexes_enabled: true\n";

  private final TestBed bed;
  private final CassandraNode node;

  EbtiFormatTest(TestBed bed) {
    this.bed = bed;
    node = CassandraNode.prepare(bed.setup("ebti", bed.config(), true)).useYaml(YAML);
    node.start();
  }

  @AfterAll
  void stop() {
    node.close();
  }

  private void keyspace(String name) {
    node.execute(
        "CREATE KEYSPACE "
            + name
            + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
  }

  /** Tables sealed (encrypted) and clear (not). */
  private void tables(String keyspace, String columns) {
    keyspace(keyspace);
    String options = Encryption.lz4("dev", "ebti").options();
    node.execute("CREATE TABLE " + keyspace + ".sealed " + columns + " WITH " + options);
    node.execute("CREATE TABLE " + keyspace + ".clear " + columns);
  }

  /** All files of a table, whatever they are. */
  private List<Path> files(String keyspace, String table) {
    Path directory = node.tableDirectory(keyspace, table);
    Await.until("obsolete files of " + directory + " are gone", () -> isSettled(directory));
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As many TOCs as SSTables: none is being written or deleted. */
  private static boolean isSettled(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      List<String> names = all.map(Path::toString).toList();
      return names.stream().noneMatch(name -> name.contains("_txn_"))
          && names.stream().filter(name -> name.endsWith("-TOC.txt")).count()
              == names.stream().filter(name -> name.endsWith("-Data.db")).count();
    } catch (IOException | UncheckedIOException e) {
      return false; // a file went while we looked
    }
  }

  private void awaitOneDataFile(String keyspace, String table) {
    Await.until(
        "the compacted SSTables of " + keyspace + " are gone",
        () -> node.dataFiles(keyspace, table).size() == 1);
  }

  @Test
  void every_component_is_sealed_and_every_row_survives() {
    tables("ebti", Rows.COLUMNS);
    for (String table : List.of("sealed", "clear")) {
      node.execute("CREATE INDEX sai_" + table + " ON ebti." + table + " (secret) USING 'sai'");
    }
    Rows sealed = new Rows("ebti.sealed").insert(node.cql(), 500);
    Rows clear = new Rows("ebti.clear").insert(node.cql(), 500);
    node.jmx().flush("ebti");
    assertThat(RawFiles.found(files("ebti", "clear"), clear.secrets()))
        .as("the search finds what is in clear")
        .isNotEmpty();
    assertThat(RawFiles.found(files("ebti", "sealed"), sealed.secrets())).isEmpty();
    sealed.insert(node.cql(), 200);
    node.jmx().flush("ebti");
    node.jmx().compact("ebti", "sealed");
    awaitOneDataFile("ebti", "sealed");
    assertThat(RawFiles.found(files("ebti", "sealed"), sealed.secrets())).isEmpty();
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

  /** Partition keys, clustering values, static and regular cells, collections, and all indexes. */
  @Test
  void wide_partitions_and_every_kind_of_index() {
    tables(
        "wide",
        "(pk text, ck text, st text static, v text, m map<text, text>, vec vector<float, 3>,"
            + " PRIMARY KEY (pk, ck))");
    List<String> markers = new ArrayList<>();
    for (String table : List.of("sealed", "clear")) {
      node.execute("CREATE INDEX ON wide." + table + " (ck) USING 'sai'");
      node.execute("CREATE INDEX ON wide." + table + " (v)");
      node.execute(
          "CREATE INDEX ON wide."
              + table
              + " (vec) USING 'sai' WITH OPTIONS = {'similarity_function': 'euclidean'}");
      node.execute(
          "CREATE CUSTOM INDEX ON wide."
              + table
              + " (st) USING 'org.apache.cassandra.index.sasi.SASIIndex'");
      PreparedStatement insert =
          node.cql()
              .prepare(
                  "INSERT INTO wide."
                      + table
                      + " (pk, ck, st, v, m, vec) VALUES (?, ?, ?, ?, ?, ?)");
      for (int p = 0; p < 5; p++) {
        for (int c = 0; c < 600; c++) {
          String tag = "MARK" + p + "x" + c + "y";
          node.cql()
              .execute(
                  insert.bind(
                      "pk" + tag.substring(0, 6),
                      "ck" + tag,
                      "static" + p,
                      "value" + tag,
                      Map.of("map" + tag, "entry" + tag),
                      CqlVector.newInstance((float) p, (float) c, 1f)));
        }
      }
    }
    markers.addAll(List.of("pkMARK", "ckMARK", "static", "valueMARK", "mapMARK", "entryMARK"));
    node.jmx().flush("wide");
    assertThat(RawFiles.found(files("wide", "sealed"), markers)).isEmpty();
    assertThat(RawFiles.found(files("wide", "clear"), markers)).isNotEmpty();
    for (int round = 0; round < 3; round++) {
      for (String query :
          List.of(
              "SELECT ck FROM %s WHERE pk = 'pkMARK3x' ORDER BY ck DESC",
              "SELECT pk FROM %s WHERE ck = 'ckMARK2x77y'",
              "SELECT pk, ck FROM %s WHERE v = 'valueMARK4x599y'",
              "SELECT st FROM %s WHERE st = 'static1' ALLOW FILTERING",
              "SELECT ck FROM %s WHERE pk = 'pkMARK3x' AND ck > 'ckMARK3x3' AND ck < 'ckMARK3x4'")) {
        List<String> expected = answers(query.formatted("wide.clear"));
        assertThat(expected).as(query).isNotEmpty();
        assertThat(answers(query.formatted("wide.sealed"))).as(query).isEqualTo(expected);
      }
      // Which neighbours an approximate search finds differs from graph to graph.
      String nearest = "SELECT pk, ck FROM wide.%s ORDER BY vec ANN OF [2.0, 300.0, 1.0] LIMIT 3";
      assertThat(answers(nearest.formatted("clear"))).hasSize(3);
      assertThat(answers(nearest.formatted("sealed"))).hasSize(3);
      if (round == 0) {
        node.jmx().compact("wide", "sealed");
      } else {
        node.restart();
      }
      assertThat(RawFiles.found(files("wide", "sealed"), markers)).isEmpty();
    }
    assertThat(node.log()).doesNotContain("Corrupt");
  }

  private List<String> answers(String query) {
    return node.execute(query).all().stream().map(row -> row.getFormattedContents()).toList();
  }

  @Test
  void scrub_verify_snapshot_refresh_and_upgradesstables() throws IOException {
    tables("tools", Rows.COLUMNS);
    Rows rows = new Rows("tools.sealed").insert(node.cql(), 300);
    node.jmx().flush("tools");
    node.nodetool("verify", "--force", "-e", "tools", "sealed").orFail();
    node.nodetool("scrub", "tools", "sealed").orFail();
    rows.assertAllRead(node.cql());
    node.nodetool("upgradesstables", "-a", "tools", "sealed").orFail();
    rows.assertAllRead(node.cql());
    awaitOneDataFile("tools", "sealed");
    node.nodetool("snapshot", "-t", "kept", "tools").orFail();
    Path directory = node.tableDirectory("tools", "sealed");
    assertThat(RawFiles.found(files("tools", "sealed"), rows.secrets())).isEmpty();
    node.execute("TRUNCATE tools.sealed");
    try (Stream<Path> kept = Files.list(directory.resolve("snapshots/kept"))) {
      for (Path file : kept.filter(f -> f.getFileName().toString().startsWith("da-")).toList()) {
        Files.copy(file, directory.resolve(file.getFileName()));
      }
    }
    node.nodetool("refresh", "tools", "sealed").orFail();
    rows.assertAllRead(node.cql());
    node.restart();
    rows.assertAllRead(node.cql());
    assertThat(RawFiles.found(files("tools", "sealed"), rows.secrets())).isEmpty();
  }

  /** docs/RULES.md R21, R22: never "skipping table", whatever disk_failure_policy says. */
  @Test
  void a_node_without_its_keys_stops_and_says_which_and_loses_nothing() throws IOException {
    tables("keyless", Rows.COLUMNS);
    Rows rows = new Rows("keyless.sealed").insert(node.cql(), 300);
    node.jmx().flush("keyless");
    node.stop();
    Path config = bed.writeConfig("keyless.yaml", List.of(deadGroup()));
    Files.writeString(config, "startup_key_wait: 2s\n", StandardOpenOption.APPEND);
    assertThat(
            node.useYaml(YAML + "disk_failure_policy: ignore\n")
                .useConfig(config)
                .startAndAwaitExit())
        .isNotZero();
    assertThat(node.log())
        .contains("cannot be read without its key, and is not damaged")
        .contains("127.0.0.1:1");
    node.useYaml(YAML).useConfig(bed.config()).start();
    rows.assertAllRead(node.cql());
  }

  /** The runbook, on whole SSTables: the old key seals nothing of the table any more. */
  @Test
  void a_key_is_replaced() {
    keyspace("rekeyed");
    Encryption encryption = Encryption.lz4("dev", "ebti_rekey");
    node.execute("CREATE TABLE rekeyed.t " + Rows.COLUMNS + " WITH " + encryption.options());
    node.execute("CREATE INDEX ON rekeyed.t (secret) USING 'sai'");
    Rows rows = new Rows("rekeyed.t").insert(node.cql(), 300);
    node.jmx().flush("rekeyed");
    String oldKey = keysOnDisk().iterator().next();
    bed.dsetool("managekmip", "revoke", "dev", oldKey).orFail();
    Pattern line = Pattern.compile(encryption.currentKeyLine(oldKey));
    Await.until("a new current key", () -> line.matcher(node.log()).find());
    rows.insert(node.cql(), 100);
    node.jmx().flush("rekeyed");
    assertThat(keysOnDisk()).hasSize(2).contains(oldKey);
    // A file that joins a finished SSTable is sealed under the key that is current now (R12).
    node.execute("CREATE INDEX later ON rekeyed.t (secret)");
    node.nodetool("upgradesstables", "-a", "rekeyed", "t").orFail();
    Await.until("old files to go", () -> keysOnDisk().size() == 1);
    assertThat(keysOnDisk()).doesNotContain(oldKey);
    rows.assertAllRead(node.cql());
  }

  private Set<String> keysOnDisk() {
    return SealedFiles.of(bed.distribution(), node.dataFiles("rekeyed", "t").toArray(Path[]::new))
        .keyIds();
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
      other.useYaml(YAML).start();
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

  @Test
  void the_formats_own_compressor_is_no_choice_for_tables() {
    keyspace("wrongly");
    assertThatThrownBy(
            () ->
                node.execute(
                    "CREATE TABLE wrongly.t "
                        + Rows.COLUMNS
                        + " WITH compression = {'class': 'EncryptedSSTableCompressor', 'data_key': '0',"
                        + " 'inner': 'LZ4', 'salt': '00000000000000000000000000000000'}"))
        .hasMessageContaining("EncryptingLZ4Compressor");
  }

  private KmipGroup deadGroup() {
    return bed.devServer().group("dev").withHosts("127.0.0.1:1");
  }
}
