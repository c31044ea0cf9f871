package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.files.SealedFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.e2e.process.Ran;
import io.cassandratde.e2e.process.Together;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A snapshot and the incremental backup after it, restored to another cluster: refused in clear
 * words while that cluster has no access to the keys, complete once it has; and what a manifest of
 * it says before.
 */
@ExtendWith(SharedTestBed.class)
class BackupTest {

  private static final int UNREACHABLE = 4;
  private static final int KEY_LOST = 12;
  private static final String EBTI = "sstable:\n  selected_format: ebti\n";

  private final TestBed bed;
  private final CassandraNode source;
  private final CassandraNode target;
  private final Path snapshot;
  private final Path increment;
  private final Path manifest;
  private final Rows rows = new Rows("saved.t");

  BackupTest(TestBed bed) {
    this.bed = bed;
    source =
        CassandraNode.prepare(bed.setup("saved", null, true))
            .useYaml(EBTI + "incremental_backups: true\n");
    target = CassandraNode.prepare(bed.setup("restored", null, true)).useYaml(EBTI);
    snapshot = bed.directory().resolve("backup/snapshot/saved/t");
    increment = bed.directory().resolve("backup/increment/saved/t");
    manifest = bed.directory().resolve("nightly.json");
  }

  @Test
  void restored_elsewhere_with_the_keys_and_refused_without() throws IOException {
    try (target) {
      String key = backUp();
      // The same group name, and a key server that has never seen these keys.
      target
          .useConfigInConf(bed.writeConfig("no-keys.yaml", List.of(bed.pykmip().group("dev"))))
          .start();
      schema(target);
      Together.run(() -> refused(key), () -> foretold(key));
      target.restart(); // refused(…) has left the right configuration
      restored();
    }
  }

  private static void schema(CassandraNode node) {
    node.execute(
        "CREATE KEYSPACE saved WITH replication = {'class': 'SimpleStrategy',"
            + " 'replication_factor': 1}");
    node.execute(
        "CREATE TABLE saved.t "
            + Rows.COLUMNS
            + " WITH "
            + Encryption.lz4("dev", "saved").options());
  }

  /** The id of the key that the backup needs. */
  private String backUp() throws IOException {
    try (source) {
      source.useConfigInConf(bed.config()).start();
      schema(source);
      rows.insert(source.cql(), 200);
      source.jmx().snapshot("nightly", "saved", "t");
      writeManifest();
      Path directory = source.tableDirectory("saved", "t");
      RawFiles.copySSTables(directory.resolve("snapshots/nightly"), snapshot);
      // What was flushed for the snapshot is linked too: only what comes after it counts.
      Set<String> inSnapshot = RawFiles.sstableFiles(snapshot);
      rows.insert(source.cql(), 100);
      source.jmx().flush("saved");
      RawFiles.copySSTables(directory.resolve("backups"), increment);
      for (String name : inSnapshot) {
        Files.deleteIfExists(increment.resolve(name));
      }
      assertThat(RawFiles.sstableFiles(increment)).anyMatch(name -> name.endsWith("Encryption.db"));
      assertThat(RawFiles.found(RawFiles.below(bed.directory().resolve("backup")), rows.secrets()))
          .isEmpty();
      return SealedFiles.of(
              bed.distribution(), CassandraNode.dataFiles(snapshot).toArray(Path[]::new))
          .onlyKeyId();
    }
  }

  /** Of the node's snapshot, by its name. */
  private void writeManifest() throws IOException {
    String yaml = source.confDirectory().resolve("cassandra.yaml").toString();
    Ran made =
        bed.distribution()
            .cassandraTde("manifest", "--snapshot", "nightly", "--cassandra-yaml", yaml)
            .orFail();
    Files.writeString(manifest, made.out());
  }

  /** What a restore with the keys, without them or in an outage will meet, before it is begun. */
  private void foretold(String key) {
    Path none = bed.writeConfig("preflight-none.yaml", List.of(bed.pykmip().group("dev")));
    Path outage =
        bed.writeConfig(
            "preflight-outage.yaml", List.of(bed.pykmip().group("dev").withHosts(bed.nobody())));
    Ran lost = bed.distribution().cassandraTde(none, "preflight", manifest.toString());
    assertThat(lost.exit()).as("%s", lost).isEqualTo(KEY_LOST);
    assertThat(lost.out()).containsPattern(key + " +n/a +LOST .* saved\\.t");
    Ran nobody = bed.distribution().cassandraTde(outage, "preflight", manifest.toString());
    assertThat(nobody.exit()).as("%s", nobody).isEqualTo(UNREACHABLE);
    Ran all =
        bed.distribution()
            .cassandraTde(
                bed.config(),
                "preflight",
                manifest.toString(),
                snapshot.toString(),
                increment.toString());
    assertThat(all.exit()).as("%s", all).isZero();
    assertThat(all.out()).contains(key).contains("1 of 1 keys can be had");
  }

  /** Three ways in, each refused with key, group and host, and nothing changed anywhere. */
  private void refused(String key) {
    Path table = target.tableDirectory("saved", "t");
    Set<Path> before = Set.copyOf(RawFiles.below(table));
    Set<String> backup = RawFiles.sstableFiles(snapshot);

    Together.run(
        () -> {
          Ran imported =
              target.nodetool("import", "--copy-data", "saved", "t", snapshot.toString());
          assertThat(imported.exit()).as("%s", imported).isNotZero();
          assertThat(target.log()).contains("group dev does not give key " + key);
        },
        () -> {
          Ran loaded = target.tool("BulkLoader", "-d", target.address(), snapshot.toString());
          assertThat(loaded.exit()).isEqualTo(1);
          assertThat(loaded.err())
              .contains("BulkLoader stopped: group dev does not give key " + key);
        });
    assertThat(RawFiles.sstableFiles(snapshot)).isEqualTo(backup);
    assertThat(Set.copyOf(RawFiles.below(table))).isEqualTo(before);
    // With the keys at hand for the loader alone, the node refuses the stream.
    target.useConfigInConf(bed.config());
    assertThat(target.tool("BulkLoader", "-d", target.address(), snapshot.toString()).exit())
        .isNotZero();
    assertThat(target.log())
        .contains("Streaming error occurred")
        .contains("group dev does not give key " + key)
        .contains("host " + bed.pykmip().address());
    Await.until(
        "nothing half-received stays", () -> Set.copyOf(RawFiles.below(table)).equals(before));

    RawFiles.copySSTables(snapshot, table);
    Ran refreshed = target.nodetool("refresh", "saved", "t");
    assertThat(refreshed.exit()).as("%s", refreshed).isNotZero();
    assertThat(RawFiles.sstableFiles(table)).containsAll(backup);
    new Rows("saved.t").assertAllRead(target.cql());
    assertThat(target.isRunning()).isTrue();
  }

  /** The files of the refused refresh are there still; a start takes them as any of the node's. */
  private void restored() {
    Path table = target.tableDirectory("saved", "t");
    assertThat(target.execute("SELECT id FROM saved.t").all()).hasSize(200);
    truncate(table);
    RawFiles.copySSTables(snapshot, table);
    target.nodetool("refresh", "saved", "t").orFail();
    target.nodetool("import", "--copy-data", "saved", "t", increment.toString()).orFail();
    rows.assertAllRead(target.cql());
    truncate(table);
    Together.run(() -> load(snapshot), () -> load(increment));
    rows.assertAllRead(target.cql());
    assertThat(RawFiles.found(RawFiles.below(table), rows.secrets())).isEmpty();
  }

  private void load(Path directory) {
    target.tool("BulkLoader", "-d", target.address(), directory.toString()).orFail();
  }

  private void truncate(Path table) {
    target.execute("TRUNCATE saved.t");
    Await.until("an empty folder", () -> RawFiles.sstableFiles(table).isEmpty());
  }
}
