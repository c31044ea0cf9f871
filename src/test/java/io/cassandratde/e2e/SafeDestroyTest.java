package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.files.SealedFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.e2e.process.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A key of a real cluster is destroyed when its nodes prove that nothing needs it (R25), and a
 * keyspace erased by the destruction of its own.
 */
@ExtendWith(SharedTestBed.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SafeDestroyTest {

  private static final int REFUSED = 6;
  private static final int INCOMPLETE = 9;
  private static final int KEY_LOST = 12;
  private static final int STILL_NEEDED = 14;
  private static final String CONTROL = "io.cassandratde:type=EncryptionControl";
  private static final int NOT_APPROVED = 15;
  private static final String KEYSPACE = "safe_destroy";

  private final TestBed bed;
  private final CassandraNode node;

  SafeDestroyTest(TestBed bed) {
    this.bed = bed;
    node =
        CassandraNode.prepare(bed.setup("safe-destroy", bed.config(), true))
            .useYaml(EbtiFormatTest.YAML);
    node.start();
  }

  @AfterAll
  void stop() {
    node.close();
  }

  @Test
  void a_key_is_destroyed_when_neither_snapshot_nor_planted_file_nor_data_needs_it()
      throws IOException {
    node.execute(
        "CREATE KEYSPACE "
            + KEYSPACE
            + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
    Encryption encryption = Encryption.lz4("dev", KEYSPACE);
    node.execute(
        "CREATE TABLE " + KEYSPACE + ".t " + Rows.COLUMNS + " WITH " + encryption.options());
    Rows rows = new Rows(KEYSPACE + ".t").insert(node.cql(), 100);
    node.jmx().flush(KEYSPACE);
    String key =
        SealedFiles.of(bed.distribution(), node.dataFiles(KEYSPACE, "t").toArray(Path[]::new))
            .onlyKeyId();
    node.jmx().snapshot("kept", KEYSPACE, "t");
    assertThat(destroy(key).exit()).as("an active key").isEqualTo(REFUSED);
    bed.dsetool("managekmip", "revoke", "dev", key).orFail();
    node.jmx().run("io.cassandratde:type=Keys", "refreshKeys");
    Await.until("the time that destroy asks for", () -> destroy(key).exit() != REFUSED);
    refused(key, "live SSTables of safe_destroy.t", "snapshot kept of safe_destroy.t");
    rows.assertAllRead(node.cql());

    node.jmx().rewrite(KEYSPACE, "t");
    Await.until("old files to go", () -> dataFiles() == 1);
    refused(key, "snapshot kept of safe_destroy.t");
    List<Path> planted = plant();
    node.nodetool("clearsnapshot", "-t", "kept", KEYSPACE).orFail();
    refused(key, "live SSTables of safe_destroy.t");
    for (Path file : planted) {
      Files.delete(file);
    }

    hold(key);
    refused(key, "backup monthly is held until 2199-02-01T00:00:00Z (on tape)");
    assertThat(node.jmx().run(CONTROL, "releaseBackup", "monthly")).isEqualTo(true);

    holdByCommand(key);
    Ran done = approvedDestroy(key);
    assertThat(done.exit()).as("%s", done).isZero();
    assertThat(done.out()).contains("nothing needs the key", "is destroyed");
    assertThat(fences()).isEmpty();
    node.restart();
    rows.assertAllRead(node.cql());
  }

  /** One backup whose date lies ahead, and one whose date has passed, which holds nothing up. */
  private void hold(String key) {
    for (String[] each : new String[][] {{"monthly", "2199-01-31"}, {"ancient", "2020-01-31"}}) {
      var unused =
          node.jmx().run(CONTROL, "holdBackup", each[0], "dev", key, "", each[1], "on tape");
    }
  }

  @Test
  void a_keyspace_is_shredded_when_its_key_is_its_own_and_nothing_else_is_touched()
      throws IOException {
    String tenant = "shredded";
    String neighbour = "kept";
    String own = Encryption.lz4("dev", tenant).options();
    for (String keyspace : List.of(tenant, neighbour)) {
      node.execute(
          "CREATE KEYSPACE "
              + keyspace
              + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
      node.execute("CREATE TABLE " + keyspace + ".t " + Rows.COLUMNS + " WITH " + own);
    }
    node.execute(
        "CREATE MATERIALIZED VIEW shredded.v AS SELECT * FROM shredded.t WHERE id IS NOT NULL AND"
            + " secret IS NOT NULL PRIMARY KEY (secret, id)");
    Rows rows = new Rows(tenant + ".t").insert(node.cql(), 100);
    Rows others = new Rows(neighbour + ".t").insert(node.cql(), 100);
    node.jmx().flush(tenant);
    node.jmx().flush(neighbour);
    String key =
        SealedFiles.of(bed.distribution(), node.dataFiles(tenant, "t").toArray(Path[]::new))
            .onlyKeyId();
    Path backup = Files.createTempDirectory("backup").resolve(tenant);
    RawFiles.copySSTables(node.tableDirectory(tenant, "t"), backup);

    Ran shared = shred("--dry-run");
    assertThat(shared.exit()).as("%s", shared).isEqualTo(STILL_NEEDED);
    assertThat(shared.err()).contains("kept.t (live: ", "needs key " + key);
    assertThat(shared.out()).contains("v, live: 1 files (plaintext)");

    node.execute("ALTER TABLE kept.t WITH " + Encryption.lz4("dev", neighbour).options());
    node.jmx().rewrite(neighbour, "t");
    Await.until(
        "old files to go",
        () -> node.dataFiles(neighbour, "t").stream().filter(Files::exists).count() == 1);
    String table =
        node.execute(
                "SELECT id FROM system_schema.tables WHERE keyspace_name = 'shredded' AND table_name = 't'")
            .one()
            .getUuid("id")
            .toString();
    Ran snapshot = shred();
    assertThat(snapshot.exit()).as("%s", snapshot).isEqualTo(INCOMPLETE);
    assertThat(snapshot.err()).contains("snapshot dropped-", "--clear-snapshots");
    assertThat(state(key)).contains("Deactivated");
    assertThat(Files.readString(node.directory().resolve("shred.json")))
        .as("what an approval of it is of")
        .contains("\"" + table + "\"");

    Ran done = shred("--resume", "--clear-snapshots");
    assertThat(done.exit()).as("%s", done).isZero();
    assertThat(done.out())
        .contains("SHREDDED: keyspace shredded", "NOT ERASED: copies of what was");
    assertThat(state(key)).doesNotContain("Deactivated", "Active");
    assertThat(Files.readString(node.directory().resolve("shred.report.json")))
        .contains(key, "\"dropped\"", "not_erased");
    assertThat(RawFiles.found(RawFiles.below(node.directory()), rows.secrets()))
        .as("the tenant's rows on the disk")
        .isEmpty();
    assertThat(bed.cassandraTde("preflight", backup.toString()).exit())
        .as("a backup elsewhere")
        .isEqualTo(KEY_LOST);
    assertThat(bed.dsetool("managekmip", "list", "dev", "namespace=" + tenant).orFail().out())
        .as("no successor was made for the keyspace that is gone")
        .doesNotContain("Active");
    others.assertAllRead(node.cql());
  }

  private Ran shred(String... more) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "shred",
                "--keyspace",
                "shredded",
                "--attest",
                "all",
                "--yes",
                "--confirm",
                "shredded",
                "--cql-contact",
                node.address(),
                "--state",
                node.directory().resolve("shred.json").toString(),
                "-p",
                String.valueOf(node.jmxPort())));
    line.addAll(List.of(more));
    return bed.cassandraTde(line.toArray(String[]::new));
  }

  private String state(String key) {
    return bed.dsetool("managekmip", "list", "dev")
        .orFail()
        .out()
        .lines()
        .filter(line -> line.startsWith(key))
        .findFirst()
        .orElse("gone");
  }

  private Ran destroy(String key) {
    return destroy(bed.config(), key, "--attest", "all", "--yes");
  }

  private Ran destroy(Path config, String key, String... options) {
    List<String> words =
        new ArrayList<>(
            List.of("managekmip", "destroy", "dev", key, "-p", String.valueOf(node.jmxPort())));
    words.addAll(List.of(options));
    return bed.distribution().dsetool(config, words.toArray(String[]::new));
  }

  /** A backup that is registered holds the key until it is released. */
  private void holdByCommand(String key) throws IOException {
    String port = String.valueOf(node.jmxPort());
    bed.cassandraTde(
            "backup", "hold", "tape 7", "--group", "dev", "--key", key, "--until", "1d", "-p", port)
        .orFail();
    assertThat(bed.cassandraTde("backup", "list", "-p", port).orFail().out())
        .contains("tape 7", key);
    refused(key, "backup tape 7 is held until");
    bed.cassandraTde("backup", "release", "tape 7", "--yes", "-p", port).orFail();
  }

  /** Two people sign what a third asks for. */
  private Ran approvedDestroy(String key) throws IOException {
    Path directory = Files.createDirectories(bed.directory().resolve("approvals"));
    String passphrase = "correct horse 7";
    StringBuilder yaml = new StringBuilder(Files.readString(bed.config()));
    yaml.append("approvals:\n  approvers:\n");
    for (String name : List.of("alice", "bob")) {
      String file = directory.resolve(name + ".pem").toString();
      Ran made =
          bed.distribution()
              .cassandraTdeReading(
                  bed.config(), passphrase, "approve", "--new-key", name, "--key-file", file)
              .orFail();
      made.out()
          .lines()
          .filter(line -> line.startsWith(name + ": "))
          .forEach(line -> yaml.append("    ").append(line).append('\n'));
    }
    Path config = Files.writeString(directory.resolve("tde.yaml"), yaml);
    Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rw-------"));
    assertThat(destroy(config, key, "--attest", "all", "--yes").exit()).isEqualTo(NOT_APPROVED);

    String request = directory.resolve("request.json").toString();
    destroy(config, key, "--request-approval", request, "--reason", "a test").orFail();
    for (String name : List.of("alice", "bob")) {
      String[] approve = {
        "approve",
        request,
        "--as",
        name,
        "--key-file",
        directory.resolve(name + ".pem").toString(),
        "--yes"
      };
      bed.distribution().cassandraTdeReading(config, passphrase, approve).orFail();
    }
    Ran done = destroy(config, key, "--attest", "all", "--yes", "--approval", request);
    assertThat(done.out()).contains("Approved by alice (SHA256:", "bob (SHA256:");
    return done;
  }

  private void refused(String key, String... words) {
    Ran refusal = destroy(key);
    assertThat(refusal.exit()).as("%s", refusal).isEqualTo(STILL_NEEDED);
    assertThat(refusal.err()).contains(words);
    assertThat(fences()).isEmpty();
    assertThat(bed.dsetool("managekmip", "list", "dev").orFail().out().lines())
        .anyMatch(line -> line.startsWith(key) && line.contains("Deactivated"));
  }

  private CompositeData[] fences() {
    return (CompositeData[]) node.jmx().attribute("io.cassandratde:type=KeyOperations", "Fences");
  }

  private long dataFiles() {
    return node.dataFiles(KEYSPACE, "t").stream().filter(Files::exists).count();
  }

  /** The snapshot's SSTable among the live ones, of which Cassandra was told nothing. */
  private List<Path> plant() throws IOException {
    Path directory = node.tableDirectory(KEYSPACE, "t");
    List<Path> planted = new ArrayList<>();
    try (Stream<Path> kept = Files.list(directory.resolve("snapshots/kept"))) {
      for (Path file : kept.toList()) {
        String name = file.getFileName().toString();
        if (name.contains("-ebti-")) {
          Path copy = directory.resolve(name.replaceFirst("-[^-]+-ebti-", "-987654-ebti-"));
          Files.copy(file, copy);
          planted.add(copy);
        }
      }
    }
    assertThat(planted).isNotEmpty();
    return planted;
  }
}
