package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.data.CqlVector;
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

  static final String YAML =
      """
      sstable:
        selected_format: ebti
      sasi_indexes_enabled: true
      flush_compression: none
      """;

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

  /** All tables of this node are flushed by Cassandra's {@code flush_compression: none} besides. */
  @Test
  void a_table_that_wants_some_chunks_uncompressed_is_sealed_all_the_same() throws IOException {
    keyspace("loose");
    node.execute(
        "CREATE TABLE loose.t "
            + Rows.COLUMNS
            + " WITH "
            + Encryption.lz4("dev", "ebti").with("'min_compress_ratio': 4").options());
    Rows rows = new Rows("loose.t").insert(node.cql(), 300);
    node.jmx().flush("loose", "t");
    assertThat(RawFiles.found(files("loose", "t"), rows.secrets())).isEmpty();
    node.jmx().compact("loose", "t");
    rows.insert(node.cql(), 10);
    node.jmx().flush("loose", "t");
    assertThat(RawFiles.found(files("loose", "t"), rows.secrets())).isEmpty();
    rows.assertAllRead(node.cql());
    assertThat(node.log()).doesNotContain("loose.t is encrypted and has min_compress_ratio");
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
    assertThat(usesOf(oldKey)).containsExactly("live t 1");
    // A file that joins a finished SSTable is sealed under the key that is current now (R12).
    node.execute("CREATE INDEX later ON rekeyed.t (secret)");
    node.nodetool("upgradesstables", "-a", "rekeyed", "t").orFail();
    Await.until("old files to go", () -> keysOnDisk().size() == 1);
    assertThat(keysOnDisk()).doesNotContain(oldKey);
    assertThat(usesOf(oldKey)).isEmpty();
    assertThat(usesOf(keysOnDisk().iterator().next())).contains("live t 2", "live t.later 1");
    assertThat(
            answers("SELECT state FROM system_encryption.tables WHERE keyspace_name = 'rekeyed'"))
        .containsOnly("[state:'encrypted']");
    rows.assertAllRead(node.cql());
  }

  /** As the node reads its disk now: place, table and number of SSTables. */
  private List<String> usesOf(String key) {
    node.jmx().run("io.cassandratde:type=KeyInventory", "refresh");
    String query =
        "SELECT * FROM system_encryption.key_uses WHERE key_group = 'dev' AND key_id = '";
    return node.execute(query + key + "'").all().stream()
        .map(
            row ->
                row.getString("place")
                    + ' '
                    + row.getString("table_name")
                    + ' '
                    + row.getLong("files"))
        .toList();
  }

  private Set<String> keysOnDisk() {
    return SealedFiles.of(bed.distribution(), node.dataFiles("rekeyed", "t").toArray(Path[]::new))
        .keyIds();
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
