package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.e2e.process.Ran;
import io.cassandratde.e2e.process.Together;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Cassandra's programs on SSTables of a node that is down, each as its script starts it: first on
 * codec mode's, then, after sstableupgrade, on those of the format ebti, and back again.
 */
@ExtendWith(SharedTestBed.class)
class OfflineToolsTest {

  private static final String EBTI = "sstable:\n  selected_format: ebti\n";
  private static final String MARKER = "LARGEVALUEMARKER";
  private static final int LARGE = 16;

  private final TestBed bed;
  private final CassandraNode node;

  OfflineToolsTest(TestBed bed) {
    this.bed = bed;
    node = CassandraNode.prepare(bed.setup("tools", null, true));
  }

  @Test
  void every_program_reads_and_what_it_writes_is_sealed() throws IOException {
    node.useConfigInConf(bed.config());
    try (node) {
      node.start();
      node.execute(
          "CREATE KEYSPACE tools WITH replication = {'class': 'SimpleStrategy',"
              + " 'replication_factor': 1}");
      String options =
          " WITH compaction = {'class': 'LeveledCompactionStrategy'} AND "
              + Encryption.lz4("dev", "tools").options();
      node.execute("CREATE TABLE tools.t " + Rows.COLUMNS + options);
      for (String large : List.of("large1", "large2")) {
        node.execute("CREATE TABLE tools." + large + " (id int PRIMARY KEY, v blob)" + options);
        insertLarge(large);
      }
      for (String loaded : List.of("loaded1", "loaded2")) {
        node.execute("CREATE TABLE tools." + loaded + " " + Rows.COLUMNS + options);
      }
      Rows rows = new Rows("tools.t").insert(node.cql(), 300);
      node.jmx().flush("tools");
      node.stop();
      theyRead(rows, "-big-");
      theyWriteContent(rows, "-big-", "large1");
      without_keys_scrub_leaves_codec_files_alone();
      Path codec = copy(directory("t"), "codec/tools/t");

      node.useYaml(EBTI);
      upgraded("-ebti-", "t", "large2");
      theyRead(rows, "-ebti-");
      theyRewriteStatistics();
      theyWriteContent(rows, "-ebti-", "large2");
      without_configuration_or_keys_they_say_so_and_change_nothing();

      node.start();
      rows.assertAllRead(node.cql());
      assertThat(node.execute("SELECT id FROM tools.large2").all()).hasSize(LARGE);
      sstableloader_and_import(rows, codec);
      assertThat(node.log()).doesNotContain("Corrupt");
      backToTheStockFormat(rows);
    }
  }

  /** At least two SSTables of a megabyte each, so that there is something to split. */
  private void insertLarge(String table) {
    PreparedStatement insert =
        node.cql().prepare("INSERT INTO tools." + table + " (id, v) VALUES (?, ?)");
    Random random = new Random(1);
    for (int id = 0; id < LARGE; id++) {
      byte[] value = new byte[150_000];
      random.nextBytes(value);
      byte[] marker = MARKER.getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(marker, 0, value, value.length / 2, marker.length);
      node.cql().execute(insert.bind(id, ByteBuffer.wrap(value)));
    }
  }

  private void theyRead(Rows rows, String format) {
    Together.run(
        () ->
            assertThat(run("SSTableExport", dataFile("t")).out())
                .contains(rows.secretOf(7), rows.secretOf(299)),
        () ->
            assertThat(run("SSTableMetadataViewer", dataFile("t")).out())
                .contains("totalRows: 300", "Repaired at: 0"),
        () -> assertThat(run("SSTablePartitions", dataFile("t")).out()).contains("tools.t"),
        () -> run("StandaloneVerifier", "--force", "--extended", "tools", "t"),
        () ->
            assertThat(run("StandaloneSSTableUtil", "tools", "t").out())
                .contains(format, "Data.db"),
        () -> run("SSTableExpiredBlockers", "tools", "t"));
  }

  /** Which codec mode leaves as it is: there Cassandra's programs meet files of its own alone. */
  private void theyRewriteStatistics() {
    run("SSTableRepairedAtSetter", "--really-set", "--is-repaired", dataFile("t"));
    assertThat(run("SSTableMetadataViewer", dataFile("t")).out()).doesNotContain("Repaired at: 0");
    run("SSTableRepairedAtSetter", "--really-set", "--is-unrepaired", dataFile("t"));
    run("SSTableLevelResetter", "--really-reset", "tools", "t");
    assertThat(run("SSTableOfflineRelevel", "tools", "t").out()).contains("New leveling");
  }

  private void theyWriteContent(Rows rows, String format, String large) {
    String before = dataFile("t");
    Together.run(
        () ->
            assertThat(run("StandaloneScrubber", "tools", "t").out())
                .contains("300 partitions in new sstable"),
        () -> run("StandaloneSplitter", "--no-snapshot", "-s", "1", dataFile(large)));
    assertThat(dataFile("t")).isNotEqualTo(before).contains(format);
    assertThat(CassandraNode.dataFiles(directory(large)))
        .hasSizeGreaterThan(1)
        .allMatch(file -> file.toString().contains(format));
    assertSealed(rows);
  }

  private void upgraded(String format, String... tables) {
    Together.run(
        Stream.of(tables)
            .map(
                table ->
                    (Runnable)
                        () ->
                            assertThat(run("StandaloneUpgrader", "tools", table).out())
                                .doesNotContain("Found 0 sstables"))
            .toArray(Runnable[]::new));
    for (String table : tables) {
      assertThat(files(table)).isNotEmpty().allMatch(file -> file.toString().contains(format));
    }
  }

  /**
   * docs/OPERATIONS.md, "Rolling back", with the node down: what the table's definition says is
   * written; a table that is plain now needs no jar any more.
   */
  private void backToTheStockFormat(Rows rows) {
    node.execute("ALTER TABLE tools.t WITH compression = {'class': 'LZ4Compressor'}");
    node.stop().useYaml("");
    upgraded("-big-", "t", "large2");
    assertThat(RawFiles.found(files("large2"), List.of(MARKER))).isEmpty();
    assertThat(RawFiles.found(files("large2"), List.of("EncryptingLZ4Compressor"))).isNotEmpty();
    node.useJar(null);
    assertThat(run("SSTableExport", dataFile("t")).out())
        .contains(rows.secretOf(7), rows.secretOf(299));
  }

  /** Codec mode needs a key only at the first chunk, in the middle of the scrub. */
  private void without_keys_scrub_leaves_codec_files_alone() throws IOException {
    Map<Path, Long> before = contents("t");
    noKeys();
    Together.run(
        () ->
            assertRefused(
                "SSTableExport stopped: group dev does not give key ",
                "SSTableExport",
                dataFile("t")),
        () -> {
          Ran scrub = node.tool("StandaloneScrubber", "tools", "t");
          assertThat(scrub.exit()).as("%s", scrub).isNotZero();
          assertThat(scrub.all()).contains("group dev does not give key ");
        });
    node.useConfigInConf(bed.config());
    assertThat(contents("t")).isEqualTo(before);
  }

  private void noKeys() {
    node.useConfigInConf(
        bed.writeConfig(
            "tools-dead.yaml", List.of(bed.devServer().group("dev").withHosts("127.0.0.1:1"))));
  }

  private void without_configuration_or_keys_they_say_so_and_change_nothing() throws IOException {
    Map<Path, Long> before = contents("t");
    Path config = node.confDirectory().resolve("tde.yaml");
    Files.delete(config);
    String noConfig = "no configuration file found; looked for tde.yaml on the class path";
    Together.run(
        () -> assertRefused("SSTableExport stopped: " + noConfig, "SSTableExport", dataFile("t")),
        () -> assertRefused(noConfig, "StandaloneScrubber", "tools", "t"));
    noKeys();
    String noKey = " stopped: group dev does not give key ";
    Together.run(
        () -> assertRefused("SSTableExport" + noKey, "SSTableExport", dataFile("t")),
        () ->
            assertRefused(
                "StandaloneVerifier" + noKey, "StandaloneVerifier", "--force", "tools", "t"),
        () -> assertRefused("StandaloneScrubber" + noKey, "StandaloneScrubber", "tools", "t"),
        () ->
            assertRefused(
                "SSTableRepairedAtSetter" + noKey,
                "SSTableRepairedAtSetter",
                "--really-set",
                "--is-repaired",
                dataFile("t")));
    node.useConfigInConf(bed.config());
    assertThat(contents("t")).isEqualTo(before);
  }

  private void assertRefused(String message, String program, String... arguments) {
    Ran ran = node.tool(program, arguments);
    assertThat(ran.exit()).as("%s", ran).isEqualTo(1);
    assertThat(ran.err()).contains(message).doesNotContain("Corrupt").doesNotContain("\tat ");
  }

  private void sstableloader_and_import(Rows rows, Path codec) {
    node.jmx().snapshot("kept", "tools", "t");
    Path snapshot = directory("t").resolve("snapshots/kept");
    Path ebti = copy(snapshot, "ebti/tools/t");
    Together.run(() -> load(codec, "loaded1"), () -> load(ebti, "loaded2"));
    for (String table : List.of("loaded1", "loaded2")) {
      rows.copiedTo("tools." + table).assertAllRead(node.cql());
    }
    for (boolean copies : List.of(true, false)) {
      node.execute("TRUNCATE tools.t");
      Path from = copy(snapshot, "import-" + copies + "/tools/t");
      List<String> command = new ArrayList<>(List.of("import", "--extended-verify"));
      if (copies) {
        command.add("--copy-data");
      }
      command.addAll(List.of("tools", "t", from.toString()));
      node.nodetool(command.toArray(String[]::new)).orFail();
      rows.assertAllRead(node.cql());
      assertThat(CassandraNode.dataFiles(from)).hasSize(copies ? 1 : 0);
    }
    assertSealed(rows);
  }

  private void load(Path directory, String table) {
    run("BulkLoader", "-d", node.address(), "--target-table", table, directory.toString());
  }

  private Path copy(Path directory, String name) {
    return RawFiles.copySSTables(directory, node.directory().resolve(name));
  }

  private Ran run(String program, String... arguments) {
    return node.tool(program, arguments).orFail();
  }

  private Path directory(String table) {
    return node.tableDirectory("tools", table);
  }

  private List<Path> files(String table) {
    return RawFiles.below(directory(table)).stream()
        .filter(file -> !file.toString().contains("/snapshots/"))
        .toList();
  }

  private String dataFile(String table) {
    return CassandraNode.dataFiles(directory(table)).get(0).toString();
  }

  private Map<Path, Long> contents(String table) throws IOException {
    Map<Path, Long> sums = new TreeMap<>();
    for (Path file : files(table)) {
      CRC32C sum = new CRC32C();
      sum.update(Files.readAllBytes(file));
      sums.put(file, sum.getValue());
    }
    return sums;
  }

  /** Snapshots of the programs included. */
  private void assertSealed(Rows rows) {
    List<String> secrets = new ArrayList<>(rows.secrets());
    secrets.add(MARKER);
    Await.until(
        "nothing readable",
        () ->
            RawFiles.found(RawFiles.below(node.directory().resolve("data/tools")), secrets)
                .isEmpty());
  }
}
