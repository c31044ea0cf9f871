package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.files.SealedFiles;
import io.cassandratde.e2e.kmip.Gate;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A node of format ebti that starts while all key servers are down, after a crash too: with its
 * local key cache it serves and flushes, without it it stops with the message (docs/RULES.md R21).
 * A key that was destroyed leaves the cache.
 */
@ExtendWith(SharedTestBed.class)
class LocalKeyCacheTest {

  private static final String BEAN = "io.cassandratde:type=Keys";
  private static final String GROUP = "cached";

  private final TestBed bed;
  private final Path cache;

  LocalKeyCacheTest(TestBed bed) {
    this.bed = bed;
    this.cache = bed.directory().resolve("local-cache/key-cache");
  }

  @Test
  void a_node_starts_alone_and_forgets_what_was_destroyed() throws IOException {
    bed.cassandraTde("createsystemkey", "AES", "256", "cache_key").orFail();
    try (Gate gate = new Gate(bed.devServer().address());
        CassandraNode node =
            CassandraNode.prepare(bed.setup("local-cache", config(gate, true), true))
                .useYaml("sstable:\n  selected_format: ebti\n")
                .start()) {
      node.execute(
          "CREATE KEYSPACE l WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
      node.execute("CREATE TABLE l.t " + Rows.COLUMNS);
      Rows rows = new Rows("l.t").insert(node.cql(), 100);
      node.jmx().flush("l");
      final String key = sealed(node).onlyKeyId();
      rows.insert(node.cql(), 100);
      node.kill();

      gate.shut();
      doesNotStartWithoutIt(node, gate);
      startsAlone(node.useConfig(config(gate, true)), rows, key);

      gate.open();
      forgetsADestroyedKey(node, rows, key);
    }
  }

  private Path config(Gate gate, boolean cached) throws IOException {
    Path config =
        bed.writeConfig(
            "local-cache-" + cached + ".yaml",
            List.of(bed.devServer().group(GROUP).withHosts(gate.address())));
    return Files.writeString(
        config,
        "encrypt: all\nstartup_key_wait: 3s\ndefault_key: {key_namespace: cached}\n"
            + (cached
                ? "local_key_cache: {directory: " + cache + ", system_key_file: cache_key}\n"
                : ""),
        StandardOpenOption.APPEND);
  }

  private void doesNotStartWithoutIt(CassandraNode node, Gate gate) throws IOException {
    assertThat(node.useConfig(config(gate, false)).startAndAwaitExit()).isNotZero();
    assertThat(node.log())
        .contains(
            "Start stopped, with nothing changed: the data cannot be read without its key, and is not damaged");
  }

  /** Replay of the commit log flushes, so a key must seal before the node serves. */
  private void startsAlone(CassandraNode node, Rows rows, String key) {
    node.start();
    rows.assertAllRead(node.cql());
    rows.insert(node.cql(), 100);
    node.jmx().flush("l");
    rows.assertAllRead(node.cql());
    assertThat(sealed(node).keyIds()).isEqualTo(Set.of(key));
    assertThat(node.log())
        .contains(
            "LOCAL KEY CACHE: no key server of group " + GROUP + " can be asked",
            "is sealed under the last key of before",
            "LOCAL KEY CACHE: this node starts with");
    assertThat((Long) node.jmx().attribute(BEAN, "LocalCacheUses")).isPositive();
    assertThat(cachedFiles(key)).isNotEmpty();
  }

  private void forgetsADestroyedKey(CassandraNode node, Rows rows, String key) {
    bed.dsetool("managekmip", "revoke", "dev", key).orFail();
    Await.until(
        "a new key",
        () ->
            node.log()
                .lines()
                .anyMatch(
                    line ->
                        line.contains("Current key of group " + GROUP)
                            && line.contains("(before: " + key + ")")));
    rows.assertAllRead(node.cql());
    assertThat(cachedFiles(key)).as("a revoked key opens data").hasSize(1);
    // By force: the node's data needs the key, and loses it here.
    bed.dsetool("managekmip", "destroy", "dev", key, "--force", "--confirm", key).orFail();
    node.jmx().run(BEAN, "refreshKeys");
    assertThat(cachedFiles(key)).isEmpty();
    assertThat(node.jmx().attribute(BEAN, "LocalCacheKeys")).isEqualTo(1);
  }

  private SealedFiles sealed(CassandraNode node) {
    return SealedFiles.of(bed.distribution(), node.dataFiles("l", "t").toArray(Path[]::new));
  }

  /** Key ids stand in these files as text. */
  private List<Path> cachedFiles(String key) {
    try (Stream<Path> files = Files.list(cache)) {
      return files
          .filter(file -> !file.getFileName().toString().startsWith("."))
          .filter(file -> !RawFiles.found(List.of(file), List.of(key)).isEmpty())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
