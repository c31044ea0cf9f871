package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.files.LogFiles;
import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * docs/OPERATIONS.md, "Rolling back": from encrypted SSTables, commit log and Paxos state to stock
 * Cassandra, step by step. (Hints that are handed over when the lines are gone: HintsTest.)
 */
@ExtendWith(SharedTestBed.class)
class BackOutTest {

  private static final String EBTI = "sstable:\n  selected_format: ebti\n";
  private static final LogSealing LOGS = new LogSealing("dev", "back-log");
  private static final List<String> OUR_COMPRESSOR = List.of("EncryptingLZ4Compressor");
  private static final String SEALED_LOGS = LOGS.commitLog() + LOGS.hints();

  private final TestBed bed;
  private final CassandraNode node;

  BackOutTest(TestBed bed) throws IOException {
    this.bed = bed;
    Path config = bed.writeConfig("back-out.yaml", List.of(bed.devServer().group("dev")));
    Files.writeString(
        config,
        "encrypt: {keyspaces: [back], system: true}\ndefault_key: {key_namespace: back}\n",
        StandardOpenOption.APPEND);
    node = CassandraNode.prepare(bed.setup("back-out", config, true)).useYaml(EBTI + SEALED_LOGS);
  }

  @Test
  void back_to_a_node_without_the_jar_and_the_refusals_on_the_way() throws IOException {
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
      node.execute("CREATE TABLE back.lwt (k text PRIMARY KEY, v text)");
      lightweight("before");
      Rows rows = new Rows("back.t").insert(node.cql(), 300);
      Rows indexed = new Rows("back.indexed").insert(node.cql(), 300);
      node.jmx().flush("back");
      rows.insert(node.cql(), 50); // in the commit log alone
      node.kill();
      Path sealedSegment = copyOfASealedSegment();

      // The jar is taken away too early.
      node.useJar(null);
      assertThat(node.startAndAwaitExit()).isNotZero();
      assertThat(node.output()).contains("Selected sstable format 'ebti' is not available.");
      assertThat(node.useYaml("").startAndAwaitExit()).isNotZero();
      assertThat(node.log())
          .contains("Detected unreadable sstables")
          .contains("-ebti-Data.db")
          .contains("please check NEWS.txt");

      // As documented: the stock format, plain tables, everything rewritten, and a look.
      node.useJar(jar).useYaml(SEALED_LOGS).useConfig(bed.config()).start();
      rows.assertAllRead(node.cql());
      assertThat(needingTheJar()).isNotEmpty();
      assertThat(scan()).contains("ENCRYPTED");
      for (String table : List.of("t", "indexed")) {
        node.execute(
            "ALTER TABLE back." + table + " WITH compression = {'class': 'LZ4Compressor'}");
      }
      node.nodetool("upgradesstables", "-a").orFail();
      Await.until("nothing needs the jar", () -> needingTheJar().isEmpty());
      assertThat(scan().lines().filter(line -> !line.contains("_paxos_repair_state")))
          .noneMatch(line -> line.contains("ENCRYPTED") || line.contains("CODEC_CLEAR"))
          .anyMatch(line -> line.contains("PLAINTEXT"));
      assertThat(RawFiles.found(dataFiles(), rows.secrets())).as("in clear now").isNotEmpty();

      // The logs, once more with the jar.
      rows.insert(node.cql(), 50);
      node.nodetool("drain").orFail();
      node.useYaml("").restart();
      rows.assertAllRead(node.cql());
      assertThat(RawFiles.found(LogFiles.segments(node.directory()), OUR_COMPRESSOR)).isEmpty();
      assertThat(LogFiles.hints(node.directory())).isEmpty();
      node.stop().useJar(null);
      assertThat(RawFiles.found(paxosFiles(), List.of("TDEPAGE"))).isNotEmpty();
      RawFiles.delete(paxosDirectory());

      node.start();
      rows.assertAllRead(node.cql());
      indexed.assertAllRead(node.cql());
      assertThat(
              node.execute(
                      "SELECT id FROM back.indexed WHERE secret = '" + indexed.secretOf(7) + "'")
                  .all())
          .hasSize(1);
      lightweight("after");
      assertThat(RawFiles.found(paxosFiles(), List.of("TDEPAGE"))).isEmpty();
      assertThat(RawFiles.found(paxosFiles(), List.of("after"))).isNotEmpty();
      rows.insert(node.cql(), 50);
      node.jmx().flush("back");
      node.jmx().compact("back");
      rows.assertAllRead(node.cql());
      assertThat(node.log()).doesNotContain("Unable to create segment reader");
      withoutTheDrain(sealedSegment);
    }
  }

  /** Why the order matters: a sealed segment that is the last is left out and deleted. */
  private void withoutTheDrain(Path sealedSegment) throws IOException {
    node.stop();
    Path directory = node.directory().resolve("commitlog");
    RawFiles.below(directory).forEach(RawFiles::delete);
    Path last = Files.copy(sealedSegment, directory.resolve(sealedSegment.getFileName()));
    node.start();
    assertThat(node.log()).contains("Unable to create segment reader");
    assertThat(last).doesNotExist();
  }

  private Path copyOfASealedSegment() throws IOException {
    Path segment =
        LogFiles.segments(node.directory()).stream()
            .filter(file -> !RawFiles.found(List.of(file), OUR_COMPRESSOR).isEmpty())
            .findFirst()
            .orElseThrow();
    return Files.copy(segment, bed.directory().resolve(segment.getFileName()));
  }

  private void lightweight(String key) {
    node.execute("INSERT INTO back.lwt (k, v) VALUES ('" + key + "', 'v') IF NOT EXISTS");
    node.jmx().flush("system", "paxos");
  }

  private Path paxosDirectory() {
    return node.directory().resolve("data/system/_paxos_repair_state");
  }

  private List<Path> paxosFiles() {
    return RawFiles.below(paxosDirectory());
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
