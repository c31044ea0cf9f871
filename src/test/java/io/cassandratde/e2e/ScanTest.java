package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.e2e.process.Ran;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * {@code cassandra-tde scan} over real nodes, and what a node writes besides SSTables, commit log
 * and hints: the state of lightweight transactions, saved caches, the full query log.
 */
@SharedNode
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScanTest {

  private static final int PLAINTEXT = 11;
  private static final String YAML =
      "sstable:\n  selected_format: ebti\nrow_cache_size: 16MiB\nrow_cache_keys_to_save: 100\n";
  private static final String ROW_CACHE =
      "org.apache.cassandra.metrics:type=Cache,scope=RowCache,name=Entries";
  private static final String CACHED =
      " WITH caching = {'keys': 'ALL', 'rows_per_partition': 'ALL'}";

  private final TestBed bed;
  private final Path config;
  private final CassandraNode node;
  private final Path queryLog;

  ScanTest(TestBed bed) throws IOException {
    this.bed = bed;
    config = bed.writeConfig("scan.yaml", List.of(bed.devServer().group("dev")));
    Files.writeString(
        config,
        "encrypt: {keyspaces: [sealed], system: true}\ndefault_key: {key_namespace: scan}\n",
        StandardOpenOption.APPEND);
    node = CassandraNode.prepare(bed.setup("scan", config, true)).useYaml(YAML);
    node.start();
    // The warning comes within 10 s: the other tests fill them.
    queryLog = bed.directory().resolve("scan-fql");
    bed.node().nodetool("enablefullquerylog", "--path", queryLog.toString()).orFail();
  }

  @AfterAll
  void stop() {
    node.close();
  }

  private static void keyspace(CassandraNode on, String name) {
    on.execute(
        "CREATE KEYSPACE "
            + name
            + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
  }

  private Ran scan(CassandraNode of, String... directories) {
    List<String> words = new ArrayList<>(List.of("scan"));
    for (String directory : directories) {
      words.addAll(List.of("--path", of.directory().resolve(directory).toString()));
    }
    return bed.distribution().cassandraTde(config, words.toArray(String[]::new));
  }

  private static List<Path> files(CassandraNode of, String below) {
    try (Stream<Path> all = Files.walk(of.directory().resolve(below))) {
      return all.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> paxosFiles(CassandraNode of) {
    return files(of, "data").stream()
        .filter(file -> file.toString().contains("_paxos_repair_state"))
        .toList();
  }

  private static void saveCaches(CassandraNode of) {
    of.jmx().run("org.apache.cassandra.db:type=Caches", "saveCaches");
  }

  /** Keys in lightweight transactions, in the row cache and in the counter cache. */
  private static void busy(CassandraNode on, String keyspace, String mark) {
    keyspace(on, keyspace);
    on.execute("CREATE TABLE " + keyspace + ".t (k text PRIMARY KEY, v text)" + CACHED);
    on.execute("CREATE TABLE " + keyspace + ".c (k text PRIMARY KEY, n counter)");
    for (int i = 0; i < 20; i++) {
      String key = "'" + mark + i + "'";
      on.execute("INSERT INTO " + keyspace + ".t (k, v) VALUES (" + key + ", 'v') IF NOT EXISTS");
      on.execute("UPDATE " + keyspace + ".c SET n = n + 1 WHERE k = " + key);
      on.execute("SELECT * FROM " + keyspace + ".t WHERE k = " + key);
    }
    String table = keyspace + ".t";
    on.execute("CREATE INDEX ON " + table + " (v) USING 'sai'");
    on.execute(
        "BEGIN BATCH INSERT INTO %1$s (k, v) VALUES ('%2$s21', '%2$s'); INSERT INTO %1$s (k, v) VALUES ('%2$s22', '%2$s'); APPLY BATCH"
            .formatted(table, mark));
    String select = "SELECT * FROM " + table + " WHERE k = '" + mark + "7'";
    on.cql().execute(on.cql().prepare(select).bind());
    on.cql().execute(SimpleStatement.newInstance(select).setTracing(true));
    on.nodetool("flush").orFail();
    on.nodetool("repair", "--full", keyspace).orFail();
    on.nodetool("snapshot", "-t", "kept", keyspace).orFail();
    saveCaches(on);
  }

  @Test
  void lightweight_transactions_and_saved_caches_leave_no_key_in_clear() {
    busy(node, "sealed", "KEYMARK");
    List<String> marks = List.of("KEYMARK1", "KEYMARK7");
    Await.until("Paxos state", () -> paxosFiles(node).stream().anyMatch(ScanTest::isPaxos));
    Await.until(
        "saved row and counter caches",
        () ->
            files(node, "saved_caches").stream()
                    .filter(f -> f.toString().matches(".*(Row|Counter)Cache-\\w+\\.db"))
                    .count()
                == 2);
    assertThat(RawFiles.found(files(node, "saved_caches"), marks)).isEmpty();
    assertThat(RawFiles.found(files(node, "data"), marks)).isEmpty();

    Ran scanned = scan(node, "data", "saved_caches");
    assertThat(scanned.exit()).as(scanned.toString()).isZero();
    assertThat(scanned.all())
        .containsPattern("ENCRYPTED +\\S+sealed-t-\\S+\\.paxos +\\(page file; key dev/")
        .containsPattern("ENCRYPTED +\\S+RowCache-\\w+\\.db +\\(page file; key dev/")
        .containsPattern("ENCRYPTED +\\S+CounterCache-\\w+\\.db +\\(page file; key dev/")
        .containsPattern("sealed +t +policy +encrypted")
        .containsPattern("system +paxos +policy +encrypted");
    theyAreReadAgain(marks);
  }

  /** The caches by the start, Paxos state by Cassandra's merge of its files. */
  private void theyAreReadAgain(List<String> marks) {
    Object cached = node.jmx().attribute(ROW_CACHE, "Value");
    node.execute("INSERT INTO sealed.t (k, v) VALUES ('KEYMARK30', 'v') IF NOT EXISTS");
    node.jmx().flush("system", "paxos");
    List<Path> before = paxosOf("sealed-t-");
    assertThat(before).hasSizeGreaterThan(1);
    int logged = node.log().length();

    node.useJvmOptions(List.of("-Dcassandra.auto_repair_frequency_seconds=1")).restart();

    assertThat(node.jmx().attribute(ROW_CACHE, "Value")).isEqualTo(cached).isNotEqualTo(0);
    Await.until(
        "a merge of Paxos state",
        () -> node.log().indexOf("paxos uncommitted merge completed for sealed.t", logged) > 0);
    Await.until("the merged files to go", () -> before.stream().noneMatch(Files::exists));
    assertThat(paxosOf("sealed-t-")).isNotEmpty();
    assertThat(RawFiles.found(files(node, "saved_caches"), marks)).isEmpty();
    assertThat(RawFiles.found(files(node, "data"), marks)).isEmpty();
    assertThat(node.log().substring(logged))
        .contains("Completed loading")
        .doesNotContain("Harmless error", "Non-fatal checksum error", "Corrupt");
  }

  private List<Path> paxosOf(String table) {
    return paxosFiles(node).stream()
        .filter(file -> isPaxos(file) && String.valueOf(file.getFileName()).startsWith(table))
        .toList();
  }

  private static boolean isPaxos(Path file) {
    return file.toString().endsWith(".paxos");
  }

  /** The node of all other tests: its policy protects no system keyspace, and names no key. */
  @Test
  void where_the_system_keyspaces_are_not_protected_the_scan_names_what_is_in_clear() {
    bed.keyspace("scan_shut");
    bed.node()
        .execute(
            "CREATE TABLE scan_shut.t "
                + Rows.COLUMNS
                + " WITH "
                + Encryption.lz4("dev", "scan_shut").options());
    busy(bed.node(), "scan_open", "OPENMARK");
    Await.until(
        "Paxos state in clear: the search can fail",
        () -> !RawFiles.found(paxosFiles(bed.node()), List.of("OPENMARK1")).isEmpty());
    assertThat(RawFiles.found(files(bed.node(), "saved_caches"), List.of("OPENMARK1"))).isEmpty();
    assertThat(bed.node().log()).contains("no cache is saved: no default_key");
    Await.until(
        "the warning",
        () ->
            bed.node().log().contains("PLAINTEXT: tables are encrypted and the system keyspaces"));
    Ran scanned =
        bed.distribution()
            .cassandraTde(
                "scan", "--protected", "scan_open.t", "--path", bed.node().directory().toString());
    assertThat(scanned.exit()).isEqualTo(PLAINTEXT);
    assertThat(scanned.all())
        .containsPattern("PLAINTEXT +\\S+scan_open-t-\\S+\\.paxos +\\(uncommitted Paxos state");
    assertThat(scanned.all()).containsPattern("READABLE: \\d+ files of scan_open.t");
  }

  @Test
  void codec_mode_is_partly_in_clear_and_says_so() {
    bed.keyspace("scan_codec");
    bed.node()
        .execute(
            "CREATE TABLE scan_codec.t "
                + Rows.COLUMNS
                + " WITH "
                + Encryption.lz4("dev", "scan_codec").options());
    new Rows("scan_codec.t").insert(bed.node().cql(), 50);
    bed.node().jmx().flush("scan_codec");
    bed.node().jmx().snapshot("kept", "scan_codec", "t");
    String path = bed.node().tableDirectory("scan_codec", "t").toString();
    Ran refused = bed.distribution().cassandraTde("scan", "--path", path);
    assertThat(refused.exit()).isEqualTo(PLAINTEXT);
    assertThat(refused.all())
        .containsPattern("ENCRYPTED +\\S+-Data.db +\\(codec chunks; key dev/")
        .containsPattern("CODEC_CLEAR +\\S+(Index|Partitions).db")
        .containsPattern("scan_codec +t +encrypted files +partly +1 +1 +0");
    Ran accepted = bed.distribution().cassandraTde("scan", "--accept-codec", "--path", path);
    assertThat(accepted.exit()).as(accepted.toString()).isZero();
  }

  @Test
  void a_plain_sstable_in_a_protected_table_and_one_plain_component_are_found() throws IOException {
    keyspace(node, "plain");
    node.execute("CREATE TABLE plain.t " + Rows.COLUMNS);
    new Rows("plain.t").insert(node.cql(), 50);
    node.jmx().flush("plain");
    Path directory = node.tableDirectory("plain", "t");
    assertThat(scan(node, "data/plain").exit()).isZero();
    Ran named =
        bed.distribution()
            .cassandraTde(config, "scan", "--protected", "plain.t", "--path", directory.toString());
    assertThat(named.exit()).isEqualTo(PLAINTEXT);
    assertThat(named.all()).containsPattern("plain +t +--protected +plaintext");

    keyspace(node, "sealed_too");
    node.execute(
        "CREATE TABLE sealed_too.t "
            + Rows.COLUMNS
            + " WITH "
            + Encryption.lz4("dev", "scan_too").options());
    new Rows("sealed_too.t").insert(node.cql(), 50);
    node.jmx().flush("sealed_too");
    Path snapshot = node.tableDirectory("sealed_too", "t").resolve("snapshots/kept");
    node.jmx().snapshot("kept", "sealed_too", "t");
    assertThat(scan(node, "data/sealed_too").exit()).isZero();
    List<Path> planted = new ArrayList<>();
    for (Path file : files(node, "data/plain")) {
      String name = String.valueOf(file.getFileName());
      if (name.matches("da-\\w+-ebti-.*")) {
        planted.add(Files.copy(file, snapshot.resolve(name.replaceFirst("da-\\w+-", "da-900-"))));
      }
    }
    Ran mixed = scan(node, "data/sealed_too");
    assertThat(mixed.exit()).isEqualTo(PLAINTEXT);
    assertThat(mixed.all())
        .containsPattern("sealed_too +t +encrypted files +mixed +1 +2 +0")
        .containsPattern("READABLE: \\d+ files of sealed_too.t")
        .containsPattern("PLAINTEXT +\\S+kept/da-900-ebti-Data.db");
    for (Path file : planted) {
      Files.delete(file);
    }
    assertThat(scan(node, "data/sealed_too").exit()).isZero();
  }

  @Test
  void the_full_query_log_is_warned_of_and_named() {
    bed.node().execute("SELECT * FROM system.local");
    Pattern warning = Pattern.compile("WARN .*PLAINTEXT: the full query log is on");
    Await.until("the warning", () -> warning.matcher(bed.node().log()).find());
    bed.node().nodetool("disablefullquerylog").orFail();
    Path sealed = node.directory().resolve("data/system_schema");
    Ran scanned =
        bed.distribution()
            .cassandraTde(
                config, "scan", "--path", sealed.toString(), "--path", queryLog.toString());
    assertThat(scanned.exit()).isEqualTo(PLAINTEXT);
    assertThat(scanned.all()).containsPattern("PLAINTEXT +\\S+\\.cq4 +\\(full query log");
  }
}
