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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A sealed commit log with change data, on a node of its own: what its raw files show, a change of
 * key, {@code kill -9}, and a start without the keys that it needs.
 */
@ExtendWith(SharedTestBed.class)
class CommitLogTest {

  private static final String GROUP = "dev";
  private static final LogSealing SEALING = new LogSealing(GROUP, "log");

  /** With {@code ignore}, stock Cassandra would serve without what it cannot read. */
  private static final String COMMON =
      """
      sstable: {selected_format: ebti}
      cdc_enabled: true
      disk_failure_policy: ignore
      commit_failure_policy: ignore
      write_request_timeout: 60s
      """;

  private final TestBed bed;

  CommitLogTest(TestBed bed) {
    this.bed = bed;
  }

  @Test
  void is_sealed_changes_keys_and_is_replayed_after_kill_9() throws IOException {
    try (CassandraNode node =
        CassandraNode.prepare(bed.setup("commit-log", bed.config(), true))
            .useYaml(COMMON + SEALING.commitLog())
            .start()) {
      node.execute(
          "CREATE KEYSPACE c WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
      node.execute("CREATE TABLE c.t " + Rows.COLUMNS + " WITH cdc = true");
      node.execute(
          "CREATE TABLE c.sealed "
              + Rows.COLUMNS
              + " WITH "
              + Encryption.lz4(GROUP, "c").options());
      Rows flushed = new Rows("c.sealed").insert(node.cql(), 20);
      node.jmx().flush("c", "sealed");
      Rows rows = new Rows("c.t").insert(node.cql(), 100);
      String first = currentKey(node, "none").orElseThrow();

      bed.dsetool("managekmip", "revoke", GROUP, first).orFail();
      Await.until("the change of key", () -> currentKey(node, first).isPresent());
      String second = currentKey(node, first).orElseThrow();
      rows.insert(node.cql(), 100);
      node.kill();

      List<Path> segments = LogFiles.segments(node.directory());
      assertThat(segments).anyMatch(segment -> segment.toString().contains("cdc_raw"));
      assertThat(RawFiles.found(segments, rows.secrets())).isEmpty();
      assertThat(LogFiles.name(segments, first)).as("the first key").isTrue();
      assertThat(LogFiles.name(segments, second)).as("the second key").isTrue();

      doesNotStartWithoutKeys(node, segments, List.of(first, second));
      node.useConfig(bed.config());
      doesNotStartWithFilesOfALaterRelease(node, segments.get(0));
      node.start();
      rows.assertAllRead(node.cql());
      flushed.assertAllRead(node.cql());

      isReadWithoutTheLineAndThenInClear(node, rows);
    }
  }

  /** One message that names keys, group, host and files; and no file has changed. */
  private void doesNotStartWithoutKeys(CassandraNode node, List<Path> segments, List<String> keys)
      throws IOException {
    Map<Path, byte[]> before = new HashMap<>();
    for (Path segment : segments) {
      before.put(segment, Files.readAllBytes(segment));
    }
    Path dead =
        bed.writeConfig(
            "dead-commit-log.yaml", List.of(bed.devServer().group(GROUP).withHosts(bed.nobody())));
    Files.writeString(dead, "startup_key_wait: 3s\n", StandardOpenOption.APPEND);
    int logged = node.log().length();

    assertThat(node.useConfig(dead).startAndAwaitExit()).isNotZero();

    String log = node.log().substring(logged);
    assertThat(log.split("Start stopped, with nothing changed", -1)).hasSize(2);
    assertThat(keys).allSatisfy(key -> assertThat(log).contains("key " + key + " of group dev"));
    assertThat(log)
        .contains(bed.nobody())
        .containsPattern("needed by .*CommitLog-7-")
        .containsPattern("needed by .*/c/sealed-.*-Data.db")
        .doesNotContain("Corrupt sstable");
    for (Map.Entry<Path, byte[]> segment : before.entrySet()) {
      assertThat(segment.getKey()).hasBinaryContent(segment.getValue());
    }
  }

  /** Their version is changed and changed back: one message that names the files and what to do. */
  private static void doesNotStartWithFilesOfALaterRelease(CassandraNode node, Path segment)
      throws IOException {
    Path data = node.dataFiles("c", "sealed").get(0);
    String name = String.valueOf(data.getFileName());
    Map<Path, Long> versions =
        Map.of(
            segment,
            LogFiles.firstBlock(segment),
            data.resolveSibling(name.replace("Data.db", "Encryption.db")),
            7L,
            data.resolveSibling(name.replace("Data.db", "Partitions.db")),
            7L);
    versions.forEach(RawFiles::flip);
    int logged = node.log().length();

    assertThat(node.startAndAwaitExit()).isNotZero();

    String log = node.log().substring(logged);
    assertThat(log.split("Start stopped, with nothing changed", -1)).hasSize(2);
    assertThat(log)
        .contains("written by a later release of cassandra-tde")
        .contains("put back the jar of the release that ran here before")
        .doesNotContain("Corrupt sstable");
    assertThat(versions.keySet())
        .allSatisfy(file -> assertThat(log).containsPattern(file + ": .* of version 2;"));
    versions.forEach(RawFiles::flip);
  }

  /** Segments say themselves how they are sealed; and the search above could have failed. */
  private static void isReadWithoutTheLineAndThenInClear(CassandraNode node, Rows rows) {
    rows.insert(node.cql(), 50);
    node.kill();
    node.useYaml(COMMON).start();
    rows.assertAllRead(node.cql());
    Rows plain = new Rows("c.t").expect(200);
    plain.insert(node.cql(), 50); // the same rows again
    assertThat(RawFiles.found(LogFiles.segments(node.directory()), plain.secrets()))
        .as("without the line")
        .hasSizeGreaterThanOrEqualTo(50);
    assertThat(node.log()).contains("PLAINTEXT: what is written to encrypted tables also reaches");
  }

  /** The key that seals the log after this one. */
  private static Optional<String> currentKey(CassandraNode node, String before) {
    Matcher line =
        Pattern.compile(
                "Current key of group %s, namespace %s, \\S+: (\\S+) \\(before: %s\\)"
                    .formatted(GROUP, SEALING.namespace(), before))
            .matcher(node.log());
    return line.find() ? Optional.of(line.group(1)) : Optional.empty();
  }
}
