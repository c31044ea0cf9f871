package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.files.SealedFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.e2e.process.Ran;
import io.cassandratde.e2e.process.Together;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * A second cluster reads the first one's SSTables as "a standby cluster" of docs/OPERATIONS.md has
 * it, and follows it to another data key and another master key.
 */
@Tag("soak")
@ExtendWith(SharedTestBed.class)
@ResourceLock(TestBed.SEVERAL_NODES)
class StandbyClusterTest {

  private static final String MASTER = "standby_master";

  /** A cluster of one node with a key file and local copies of its own. */
  private record Side(TestBed bed, Path own, Path config, CassandraNode node) {

    static Side of(TestBed bed, String name) throws IOException {
      Path own = Files.createDirectories(bed.directory().resolve("standby-" + name));
      Path config = own.resolve("tde.yaml");
      Files.writeString(
          config,
          "system_key_directory: %s\nreplicated_keys: {directory: %s}\n"
              .formatted(own, own.resolve("copies")));
      Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rw-------"));
      CassandraNode node = CassandraNode.prepare(bed.setup("standby-node-" + name, config, true));
      return new Side(bed, own, config, node);
    }

    /** The master key's file has these keys now. */
    void give(String... keys) throws IOException {
      ByteArrayOutputStream lines = new ByteArrayOutputStream();
      for (String key : keys) {
        lines.write(Files.readAllBytes(bed.systemKeys().resolve(key)));
      }
      Path file = Files.write(own.resolve(MASTER), lines.toByteArray());
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    Ran local(String... words) {
      return bed.distribution().cassandraTde(config, words);
    }

    Ran asked(String... words) {
      return local(
          Stream.concat(Stream.of(words), Stream.of("--hosts", "127.0.0.1:" + node.jmxPort()))
              .toArray(String[]::new));
    }

    void agreeOn(int version) {
      asked("masterkey", "propose", MASTER).orFail();
      asked("masterkey", "activate", MASTER, String.valueOf(version)).orFail();
    }

    void schema() {
      node.execute(
          "CREATE KEYSPACE s WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
      ReplicatedKeys.accepted(
          node,
          "CREATE TABLE IF NOT EXISTS s.t %s WITH compression = {'class': 'EncryptingLZ4Compressor', 'system_key_file': '%s', 'key_namespace': 't', 'secret_key_strength': 256}"
              .formatted(Rows.COLUMNS, MASTER));
    }

    /** By data key, the master key's version that wraps it in this cluster. */
    Map<String, Integer> wrappedBy() throws IOException {
      Map<String, Integer> versions = new TreeMap<>();
      Ran listed = asked("keys", "list", "--format", "json").orFail();
      for (JsonNode key : new ObjectMapper().readTree(listed.out()).get("keys")) {
        versions.put(key.get("key").asText(), key.get("wrapped_by_version").asInt());
      }
      return versions;
    }

    SealedFiles sealed() {
      return SealedFiles.of(bed.distribution(), node.dataFiles("s", "t").toArray(Path[]::new));
    }

    void load(Path sstables) {
      node.nodetool("import", "--copy-data", "s", "t", sstables.toString()).orFail();
    }
  }

  private final TestBed bed;
  private final Side first;
  private final Side standby;
  private final Rows rows = new Rows("s.t");

  StandbyClusterTest(TestBed bed) throws IOException {
    this.bed = bed;
    first = Side.of(bed, "first");
    standby = Side.of(bed, "second");
    for (String key : new String[] {"standby-1", "standby-2"}) {
      bed.cassandraTde("createsystemkey", "AES", "256", key).orFail();
    }
    first.give("standby-1");
    standby.give("standby-1");
  }

  @Test
  void it_reads_what_the_first_one_has_written_and_follows_it_to_other_keys() throws Exception {
    try (CassandraNode one = first.node();
        CassandraNode other = standby.node()) {
      Together.run(one::start, other::start);
      first.schema();
      Path shipped = shipped("one");

      Ran fetched = standby.asked("masterkey", "fetch", MASTER);
      assertThat(fetched.exit()).as("%s", fetched).isEqualTo(9);
      assertThat(fetched.err()).contains("masterkey propose " + MASTER);
      standby.agreeOn(1);
      imported("one");
      standby.schema();
      standby.load(shipped);
      rows.assertAllRead(other.cql());
      followsTable(1);

      first.give("standby-1", "standby-2");
      first.agreeOn(2);
      first.asked("keys", "rewrap", "--master", MASTER).orFail();
      first.asked("keys", "rotate", "--master", MASTER).orFail();
      MasterRing.look(one);
      shipped = shipped("two");
      assertThat(first.wrappedBy()).hasSize(2).containsValues(2);

      imported("two");
      standby.give("standby-1", "standby-2");
      standby.agreeOn(2);
      standby.asked("masterkey", "fetch", MASTER).orFail();
      standby.load(shipped);
      rows.assertAllRead(other.cql());
      followsTable(2);
      standby.asked("keys", "rewrap", "--master", MASTER).orFail();
      assertThat(standby.wrappedBy().values()).containsOnly(2);
      needsTheFormerMasterNoMore(other);
    }
  }

  /** More rows; what is on the first cluster's disk then, and an export of its data keys. */
  private Path shipped(String name) throws IOException {
    CassandraNode node = first.node();
    rows.insert(node.cql(), 50);
    node.jmx().flush("s", "t");
    first.asked("keys", "export", "--wrapped", export(name)).orFail();
    return RawFiles.copySSTables(
        node.tableDirectory("s", "t"), bed.directory().resolve("standby-shipped-" + name + "/s/t"));
  }

  private String export(String name) {
    return bed.directory().resolve("standby-" + name + ".json").toString();
  }

  private void imported(String name) {
    assertThat(standby.local("keys", "import", export(name)).orFail().out())
        .contains("data keys are now in");
  }

  /** The standby's own table has the first cluster's keys. */
  private void followsTable(int count) throws IOException {
    MasterRing.look(standby.node());
    Await.until(
        "the table has " + count + " keys of the first cluster",
        () -> standby.wrappedBy().keySet().containsAll(first.wrappedBy().keySet()));
    assertThat(first.wrappedBy()).hasSize(count);
    assertThat(standby.sealed().keyIds()).isEqualTo(first.sealed().keyIds());
  }

  private void needsTheFormerMasterNoMore(CassandraNode other) throws IOException {
    MasterRing.look(other);
    standby.give("standby-2");
    other.restart();
    rows.assertAllRead(other.cql());
    standby.asked("masterkey", "status", MASTER).orFail();
    other.jmx().flush("s", "t");
    rows.copiedTo("s.t").insert(other.cql(), 10).assertAllRead(other.cql());
  }
}
