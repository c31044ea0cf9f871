package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.servererrors.InvalidConfigurationInQueryException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.e2e.files.SealedFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.e2e.process.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Replicated data keys under one master key, which is in a key file of its name, and tables of that
 * keyspace on the operated node, each of a namespace of its own: as the commands show them.
 */
record ReplicatedKeys(TestBed bed, OperatedNode operated, String master) {

  static final String WRAPS = "encryption_control.data_key_wraps";

  /** Makes the master key, and the keyspace. */
  static ReplicatedKeys under(TestBed bed, String master) {
    ReplicatedKeys keys = new ReplicatedKeys(bed, bed.operated(), master);
    keys.command("createsystemkey", "AES", "256", master).orFail();
    keys.operated.keyspace(master);
    return keys;
  }

  String group() {
    return "replicated:" + master;
  }

  private CassandraNode node() {
    return operated.node();
  }

  Ran command(String... words) {
    return bed.distribution().cassandraTde(operated.config(), words);
  }

  /** One that asks the node. */
  Ran asked(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--hosts", "127.0.0.1:" + node().jmxPort()));
    return command(all.toArray(String[]::new));
  }

  /** A statement about a table of replicated keys: those that hold the keys may be on their way. */
  static void accepted(CassandraNode node, String statement) {
    Await.until(
        "the tables of data keys",
        () -> {
          try {
            node.execute(statement);
            return true;
          } catch (InvalidConfigurationInQueryException notYet) {
            assertThat(notYet).hasMessageContaining("encryption_control");
            return false;
          }
        });
  }

  /** A table of a namespace of its own, with rows on disk. */
  Rows table(String namespace) {
    String create =
        "CREATE TABLE IF NOT EXISTS %3$s.%1$s %2$s WITH compaction = {'class': 'SizeTieredCompactionStrategy', 'enabled': 'false'} AND compression = {'class': 'EncryptingLZ4Compressor', 'system_key_file': '%3$s', 'key_namespace': '%1$s'}"
            .formatted(namespace, Rows.COLUMNS, master);
    accepted(node(), create);
    Rows rows = new Rows(master + "." + namespace);
    flushed(rows);
    return rows;
  }

  void flushed(Rows rows) {
    rows.insert(node().cql(), 20);
    node().jmx().flush(master, rows.name());
  }

  SealedFiles sealed(Rows rows) {
    return SealedFiles.of(
        bed.distribution(), node().dataFiles(master, rows.name()).toArray(Path[]::new));
  }

  /** By version, as the command lists those of a namespace. */
  Map<Integer, JsonNode> listed(String namespace, String... more) throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of("keys", "list", "--master", master, "--namespace", namespace, "--format"));
    words.add("json");
    words.addAll(List.of(more));
    Ran list = asked(words.toArray(String[]::new)).orFail();
    Map<Integer, JsonNode> keys = new TreeMap<>();
    new ObjectMapper()
        .readTree(list.out())
        .path("keys")
        .forEach(key -> keys.put(key.path("version").asInt(), key));
    return keys;
  }

  static List<String> states(Map<Integer, JsonNode> keys) {
    return keys.values().stream().map(key -> key.path("state").asText()).toList();
  }

  static JsonNode key(Map<Integer, JsonNode> keys, int version) {
    return Objects.requireNonNull(keys.get(version));
  }

  static String id(Map<Integer, JsonNode> keys, int version) {
    return key(keys, version).path("key").asText();
  }

  /**
   * {@code keys rotate --full}: each earlier key of the namespace with its proof, and all data
   * under the newest one.
   *
   * @return all keys, as they are listed then
   */
  Map<Integer, JsonNode> rotatedInFull(Rows rows) throws IOException {
    String namespace = rows.name();
    int earlier = listed(namespace, "--no-counts").size();
    Path directory = Files.createDirectories(bed.directory().resolve("full-rotation-" + namespace));
    Ran full =
        asked(
                "keys",
                "rotate",
                "--full",
                "--master",
                master,
                "--namespace",
                namespace,
                "--wait",
                "60s",
                "--directory",
                directory.toString())
            .orFail();
    Map<Integer, JsonNode> all = listed(namespace);
    int newest = earlier + 1;
    assertThat(all).hasSize(newest);
    for (int version = 1; version <= earlier; version++) {
      JsonNode key = key(all, version);
      assertThat(key.path("state").asText()).isEqualTo("DEPRECATED");
      assertThat(key.path("live_sstables").asInt()).isZero();
      assertThat(full.out())
          .contains("Version " + version, "Key " + id(all, version) + ": PROVED UNUSED");
    }
    assertThat(key(all, newest).path("state").asText()).isEqualTo("ACTIVE");
    assertThat(sealed(rows).onlyKeyId()).isEqualTo(id(all, newest));
    assertThat(key(all, newest).path("live_sstables").asInt())
        .isEqualTo(node().dataFiles(master, namespace).size())
        .isPositive();
    assertThat(key(all, newest).path("live_bytes").asLong()).isPositive();
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> proofs = files.filter(file -> file.toString().endsWith(".proof.json")).toList();
      assertThat(proofs).hasSize(earlier);
      for (Path proof : proofs) {
        assertThat(new ObjectMapper().readTree(proof.toFile()).path("proven").asBoolean()).isTrue();
      }
    }
    rows.assertAllRead(node().cql());
    return all;
  }

  Row one(String query) {
    return Objects.requireNonNull(node().execute(query).one(), query);
  }

  long count(String where) {
    return one("SELECT count(*) FROM " + WRAPS + " " + where).getLong(0);
  }
}
