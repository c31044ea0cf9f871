package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.files.Chunk;
import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What an encrypted table lives through: expiry, compaction, snapshot and restore, ALTER of a plain
 * table.
 */
@SharedNode
class LifecycleTest {

  private final TestBed bed;
  private final CassandraNode node;

  LifecycleTest(TestBed bed) {
    this.bed = bed;
    this.node = bed.node();
  }

  private Rows create(String keyspace) {
    bed.keyspace(keyspace);
    node.execute(
        "CREATE TABLE "
            + keyspace
            + ".t "
            + Rows.COLUMNS
            + " WITH gc_grace_seconds = 0 AND "
            + Encryption.lz4("dev", "lifecycle").options());
    return new Rows(keyspace + ".t");
  }

  /** Bytes in the table's one file, before compression. */
  private long plaintext(String keyspace) {
    List<Path> files = node.dataFiles(keyspace, "t");
    assertThat(files).hasSize(1);
    return Chunk.first(files.get(0)).plaintext();
  }

  @Test
  void expired_rows_go_and_the_others_stay() {
    Rows rows = create("ttl").insert(node.cql(), 100);
    for (int id = 1000; id < 1020; id++) {
      node.execute("INSERT INTO ttl.t (id, secret) VALUES (" + id + ", 'short-lived') USING TTL 1");
    }
    node.jmx().flush("ttl");
    long before = plaintext("ttl");
    Await.until(
        "expiry", () -> node.execute("SELECT id FROM ttl.t WHERE id = 1019").all().isEmpty());
    rows.assertAllRead(node.cql());
    Await.until(
        "the expired rows to leave the file",
        () -> {
          node.jmx().compact("ttl", "t");
          return plaintext("ttl") < before;
        });
    rows.assertAllRead(node.cql());
  }

  @Test
  void compaction_merges_overwrites_and_deletes() {
    Rows rows = create("compaction").insert(node.cql(), 200);
    node.jmx().flush("compaction");
    node.execute("INSERT INTO compaction.t (id, secret) VALUES (5000, 'old')");
    node.execute("UPDATE compaction.t SET secret = 'overwritten' WHERE id = 3");
    node.jmx().flush("compaction");
    node.execute("DELETE FROM compaction.t WHERE id = 5000");
    node.execute("UPDATE compaction.t SET secret = '" + rows.secretOf(3) + "' WHERE id = 3");
    rows.insert(node.cql(), 200);
    node.jmx().flush("compaction");
    String key = bed.sealed("compaction", "t").onlyKeyId();
    assertThat(node.dataFiles("compaction", "t")).hasSizeGreaterThan(1);

    node.jmx().compact("compaction", "t");

    Await.until("one file", () -> node.dataFiles("compaction", "t").size() == 1);
    rows.assertAllRead(node.cql());
    assertThat(RawFiles.found(node.dataFiles("compaction", "t"), rows.secrets())).isEmpty();
    assertThat(bed.sealed("compaction", "t").onlyKeyId()).isEqualTo(key);
    bed.mustSurviveRestart(rows);
  }

  @Test
  void a_snapshot_restores() throws IOException {
    Rows rows = create("restore").insert(node.cql(), 300);
    node.jmx().flush("restore");
    node.nodetool("snapshot", "-t", "kept", "restore").orFail();
    node.execute("TRUNCATE restore.t");
    assertThat(node.execute("SELECT * FROM restore.t").all()).isEmpty();

    Path directory = node.tableDirectory("restore", "t");
    try (Stream<Path> files = Files.list(directory.resolve("snapshots/kept"))) {
      for (Path file :
          files
              .filter(
                  f ->
                      f.toString().endsWith(".db")
                          || f.toString().contains("TOC")
                          || f.toString().contains("Digest"))
              .toList()) {
        Files.copy(file, directory.resolve(file.getFileName()));
      }
    }
    node.nodetool("refresh", "restore", "t").orFail();

    rows.assertAllRead(node.cql());
    bed.mustSurviveRestart(rows);
  }

  @Test
  void an_existing_plain_table_is_encrypted_by_alter_and_upgradesstables() {
    bed.keyspace("altered");
    node.execute("CREATE TABLE altered.t " + Rows.COLUMNS);
    Rows rows = new Rows("altered.t").insert(node.cql(), 300);
    node.jmx().flush("altered");
    assertThat(RawFiles.found(node.dataFiles("altered", "t"), rows.secrets())).isNotEmpty();

    node.execute("ALTER TABLE altered.t WITH " + Encryption.lz4("dev", "altered").options());
    bed.cassandraTde(
            "upgradesstables", "-a", "--hosts", "127.0.0.1:" + node.jmxPort(), "altered", "t")
        .orFail();

    Await.until(
        "no plaintext",
        () -> RawFiles.found(node.dataFiles("altered", "t"), rows.secrets()).isEmpty());
    assertThat(bed.sealed("altered", "t").keyIds()).hasSize(1);
    rows.assertAllRead(node.cql());
    bed.mustSurviveRestart(rows);
  }

  @Test
  void the_way_back_to_plain_alarms() {
    Rows rows = create("back").insert(node.cql(), 100);
    node.jmx().flush("back");

    List<String> warnings =
        node.execute("ALTER TABLE back.t WITH compression = {'class': 'LZ4Compressor'}")
            .getExecutionInfo()
            .getWarnings();

    assertThat(warnings).anyMatch(warning -> warning.contains("no longer encrypted"));
    assertThat(node.log()).contains("Table back.t is no longer encrypted");
    assertThat(RawFiles.found(node.dataFiles("back", "t"), rows.secrets())).isEmpty();
    rows.insert(node.cql(), 100);
    node.jmx().flush("back");
    assertThat(RawFiles.found(node.dataFiles("back", "t"), rows.secrets()))
        .as("what the alarm is about")
        .isNotEmpty();
    // Those under the key as well as those in plaintext.
    rows.assertAllRead(node.cql());
    bed.mustSurviveRestart(rows);
  }
}
