package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.files.SealedFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.e2e.process.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A key that no KMIP server gives is replaced by {@code rekey} and {@code rewrap}, typed as
 * docs/OPERATIONS.md gives them. Giving and taking keys away differs by provider, and is done by
 * the tests.
 *
 * @param group as the commands name it
 * @param rows of the one table that the key protects
 */
record GivenKeyRunbook(TestBed bed, CassandraNode node, Path config, String group, Rows rows) {

  private String keyspace() {
    return rows.keyspace();
  }

  void flushed(int count) {
    rows.insert(node.cql(), count);
    node.jmx().flush(keyspace());
  }

  /** By which keys the live SSTables are sealed: from the raw files. */
  Set<String> keyIds() {
    return SealedFiles.of(
            bed.distribution(), node.dataFiles(keyspace(), rows.name()).toArray(Path[]::new))
        .keyIds();
  }

  /** All that lies in the table's directory, snapshots too. */
  List<Path> files() {
    return RawFiles.below(node.tableDirectory(keyspace(), rows.name()));
  }

  void assertNothingReadable() {
    assertThat(RawFiles.found(files(), rows.secrets())).as("plaintext on disk").isEmpty();
  }

  Ran command(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--hosts", "127.0.0.1:" + node.jmxPort()));
    return bed.distribution().cassandraTde(config, all.toArray(String[]::new));
  }

  private Path run(String key) {
    return bed.directory().resolve("given-" + key + ".json");
  }

  Ran replace(String command, String key) {
    return command(
        command, "--group", group, "--key", key, "--wait", "60s", "--state", run(key).toString());
  }

  private JsonNode proof(String key) throws IOException {
    return new ObjectMapper()
        .readTree(bed.directory().resolve("given-" + key + ".proof.json").toFile());
  }

  /** It seals still, and nobody but the operator can make another: nothing is touched. */
  void isRefusedAsLongAsItSeals(String command, String key) {
    Set<Path> before = Set.copyOf(files());
    Ran refused = replace(command, key);
    assertThat(refused.exit()).as("%s", refused).isEqualTo(6);
    assertThat(refused.err()).contains("not every node has left", key, "nothing was changed");
    assertThat(Set.copyOf(files())).isEqualTo(before);
    assertThat(keyIds()).containsExactly(key);
  }

  /** All is done that can be; the snapshot is named, and nothing else. */
  void isNotProvedBecauseOf(String snapshot, String command, String key) throws IOException {
    Ran open = replace(command, key);
    assertThat(open.exit()).as("%s", open).isEqualTo(9);
    assertThat(open.out()).contains("snapshot " + snapshot + " of " + keyspace());
    assertThat(proof(key).path("proven").asBoolean()).isFalse();
    assertThat(proof(key).findValuesAsText("place")).containsOnly("snapshot");
  }

  /** Returns the key that took its place, by the proof. */
  String isProved(String command, String key) throws IOException {
    Ran proved = replace(command, key);
    assertThat(proved.exit()).as("%s", proved).isZero();
    assertThat(proved.out()).contains("PROVED: nothing on any node needs");
    assertThat(proof(key).path("proven").asBoolean()).isTrue();
    String now = proof(key).path("new_key").asText();
    Await.until("replaced files to go", () -> keyIds().equals(Set.of(now)));
    assertThat(RawFiles.found(files(), List.of(key))).as("the old key's id on disk").isEmpty();
    assertThat(command("inventory").out()).contains(now).doesNotContain(key);
    rows.assertAllRead(node.cql());
    return now;
  }

  /** The last step, after the operator has taken the old key away. */
  void assertServesWithout(String key) {
    rows.assertAllRead(node.cql());
    assertThat(keyIds()).hasSize(1).doesNotContain(key);
    assertNothingReadable();
    assertThat(node.log()).doesNotContain("CorruptSSTableException");
    flushed(10);
    rows.assertAllRead(node.cql());
    assertThat(Files.exists(run(key))).isTrue();
  }
}
