package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.cql.Row;
import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.files.SealedFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.node.KeyOperations;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.e2e.process.Ran;
import io.cassandratde.e2e.process.Together;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * A node's keys are replaced over JMX, and what that leaves on the disk. All is written under two
 * keys, of the tests' tables and of the node's own files, and both are revoked, before the first
 * test.
 */
@OnOperatedNode
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KeyOperationsTest {

  private final TestBed bed;
  private final OperatedNode operated;
  private final CassandraNode node;
  private final KeyOperations operations;
  private final Rows wrapped;
  private final Rows written;
  private final String old;
  private final String oldOfNode;

  KeyOperationsTest(TestBed bed) {
    this.bed = bed;
    operated = bed.operated();
    node = operated.node();
    operations = operated.operations();
    operated.keyspace("ops");
    wrapped = create("wrapped");
    node.execute("CREATE INDEX ON ops.wrapped (secret) USING 'sai'");
    written = create("written");
    flushed(wrapped, 150);
    flushed(wrapped, 50);
    flushed(written, 150);
    node.jmx().snapshot("kept", "ops", "wrapped");
    old = sealed("wrapped", "written").onlyKeyId();
    oldOfNode = currentKeyOfNode();
    fillReleased();
    Together.run(() -> revoke(old), () -> revoke(oldOfNode));
    operations.refreshKeys();
    flushed(written, 50);
  }

  private Rows create(String table) {
    operated.table("ops." + table, Rows.COLUMNS, Encryption.lz4("dev", "ops"));
    return new Rows("ops." + table);
  }

  private void flushed(Rows rows, int count) {
    rows.insert(node.cql(), count);
    node.jmx().flush("ops");
  }

  private void revoke(String key) {
    bed.dsetool("managekmip", "revoke", "dev", key).orFail();
  }

  /** Live SSTables, commit log, Paxos state and saved caches under the key of the node's files. */
  private void fillReleased() {
    operated.keyspace("released");
    node.execute("CREATE TABLE released.t (k text PRIMARY KEY, v text)");
    node.execute("CREATE TABLE released.c (k text PRIMARY KEY, n counter)");
    for (int i = 0; i < 20; i++) {
      node.execute("INSERT INTO released.t (k, v) VALUES ('k" + i + "', 'v') IF NOT EXISTS");
      node.execute("UPDATE released.c SET n = n + 1 WHERE k = 'k" + i + "'");
    }
    node.jmx().flush("system", "paxos");
    var unused = node.jmx().run("org.apache.cassandra.db:type=Caches", "saveCaches");
    Await.until(
        "everything under the old key",
        () -> places(oldOfNode).containsAll(Set.of("live", "commitlog", "paxos", "saved_cache")));
  }

  /** The last: it restarts the node. */
  @Test
  @Order(2)
  void a_revoked_key_is_replaced_fenced_and_needed_by_the_snapshot_alone() throws Exception {
    rewrapped();
    rewritten();
    checked();
    fenced();
    for (Rows rows : new Rows[] {wrapped, written}) {
      rows.assertAllRead(node.cql());
    }
    node.restart();
    for (Rows rows : new Rows[] {wrapped, written}) {
      rows.assertAllRead(node.cql());
    }
    assertThat(operations.fences()).isEmpty();
    assertThat(node.log()).doesNotContain("CorruptSSTableException");
  }

  private SealedFiles sealed(String... tables) {
    return SealedFiles.of(
        bed.distribution(),
        Stream.of(tables)
            .flatMap(table -> node.dataFiles("ops", table).stream())
            .toArray(Path[]::new));
  }

  /** Without what snapshots hold. */
  private Map<String, String> digests(String table) throws Exception {
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> files = Files.list(node.tableDirectory("ops", table))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
        digests.put(String.valueOf(file.getFileName()), HexFormat.of().formatHex(digest));
      }
    }
    return digests;
  }

  /** Carriers and statistics alone are other files then; the snapshot keeps the key. */
  private void rewrapped() throws Exception {
    Map<String, String> before = digests("wrapped");
    CompositeData ended = operations.done(operations.rewrap("dev", old, "ops.wrapped"));
    assertThat(ended.get("SSTables")).isEqualTo(2L);
    assertThat(ended.get("SSTablesDone")).isEqualTo(2L);
    assertThat(ended.get("bytesDone")).isEqualTo(ended.get("bytes"));
    Map<String, String> after = digests("wrapped");
    assertThat(after.keySet()).isEqualTo(before.keySet());
    after.forEach(
        (name, digest) -> {
          boolean replaced = name.endsWith("-Encryption.db") || name.endsWith("-Statistics.db");
          assertThat(digest.equals(before.get(name))).as(name).isNotEqualTo(replaced);
        });
    assertThat(sealed("wrapped").keyIds()).hasSize(1).doesNotContain(old);
    Path snapshot = node.tableDirectory("ops", "wrapped").resolve("snapshots/kept");
    assertThat(SealedFiles.of(bed.distribution(), snapshot).keyIds()).containsExactly(old);
  }

  /** The SSTable that the new key sealed stays. */
  private void rewritten() throws Exception {
    Map<String, String> before = digests("written");
    SealedFiles files = sealed("written");
    String stays = generation(files, false);
    String goes = generation(files, true);
    CompositeData ended = operations.done(operations.rewrite("dev", old, 1, "ops.written"));
    assertThat(ended.get("SSTables")).isEqualTo(1L);
    Await.until("the old files are gone", () -> without(digests("written"), goes));
    Map<String, String> after = digests("written");
    before.forEach(
        (name, digest) -> {
          if (name.contains(stays)) {
            assertThat(after).containsEntry(name, digest);
          }
        });
    assertThat(node.dataFiles("ops", "written")).hasSize(2);
    assertThat(sealed("written").keyIds()).hasSize(1).doesNotContain(old);
  }

  private static boolean without(Map<String, String> digests, String generation) {
    return digests.keySet().stream().noneMatch(name -> name.contains(generation));
  }

  /** What stands in the names of the only SSTable that the old key seals, or does not. */
  private String generation(SealedFiles files, boolean seals) {
    return files.entries().stream()
        .filter(entry -> entry.keys().stream().anyMatch(k -> k.id().equals(old)) == seals)
        .map(entry -> entry.path().substring(entry.path().lastIndexOf('/') + 1))
        .map(name -> name.substring(0, name.length() - "Data.db".length()))
        .reduce(
            (a, b) -> {
              throw new AssertionError(a + " and " + b);
            })
        .orElseThrow();
  }

  private void checked() {
    CompositeData check = operations.checkKey("dev", old);
    assertThat(check.get("bits")).isEqualTo(256);
    assertThat((String) check.get("checkValue")).matches("[0-9a-f]{8}");
  }

  /** Nothing comes in under it any more: neither by an import nor by a stream. */
  private void fenced() {
    CompositeData fence = operations.fence("dev", old);
    assertThat(fence.get("liveSSTables")).isEqualTo(0L);
    Path table = node.tableDirectory("ops", "wrapped");
    final Set<Path> before = Set.copyOf(RawFiles.below(table));
    Path copy = bed.directory().resolve("fenced/ops/wrapped");
    RawFiles.copySSTables(table.resolve("snapshots/kept"), copy);
    node.useConfigInConf(operated.config()); // for sstableloader, which has the key
    Together.run(
        () -> {
          Ran imported = node.nodetool("import", "--copy-data", "ops", "wrapped", copy.toString());
          assertThat(imported.exit()).as("%s", imported).isNotZero();
        },
        () -> {
          Ran loaded = node.tool("BulkLoader", "-d", node.address(), copy.toString());
          assertThat(loaded.exit()).as("%s", loaded).isNotZero();
          assertThat(loaded.all()).contains("Stream failed");
        });
    assertThat(node.log())
        .contains("Streaming error occurred")
        .containsPattern("key " + old + " .* is fenced on this node since");
    Await.until(
        "nothing half-received stays", () -> Set.copyOf(RawFiles.below(table)).equals(before));
    assertThat(node.isRunning()).isTrue();
  }

  /** The key of everything but the tests' tables, without a restart. */
  @Test
  @Order(1)
  void commit_log_caches_and_paxos_state_leave_a_revoked_key() {
    assertThat(currentKeyOfNode()).isNotEqualTo(oldOfNode);
    node.execute("INSERT INTO released.t (k, v) VALUES ('later', 'v') IF NOT EXISTS");

    CompositeData released = operations.done(operations.release("dev", oldOfNode));
    assertThat(places(oldOfNode)).containsExactly("live");
    var unused = operations.done(operations.rewrite("dev", oldOfNode, 0));
    CompositeData fence = operations.fence("dev", oldOfNode);
    assertThat(fence.get("liveSSTables")).isEqualTo(0L);
    Await.until("no file needs it", () -> places(oldOfNode).isEmpty());
    assertThat(places(currentKeyOfNode())).contains("live", "commitlog", "paxos");
    CompositeData again = operations.fence("dev", oldOfNode);
    assertThat(again.get("id")).as("the fence held").isEqualTo(fence.get("id"));
    assertThat(shown((String) released.get("id")))
        .satisfies(
            row -> {
              assertThat(row.getString("kind")).isEqualTo("release");
              assertThat(row.getString("key_id")).isEqualTo(oldOfNode);
              assertThat(row.getString("state")).isEqualTo("done");
              assertThat(row.getLong("files")).isGreaterThanOrEqualTo(3);
              assertThat(row.getLong("files_done")).isEqualTo(row.getLong("files"));
              assertThat(row.getInstant("ended_at")).isNotNull();
              assertThat(row.getLong("failure_count")).isZero();
            });
    assertThat(operations.unfence("dev", oldOfNode)).isTrue();
    CompositeData anew = operations.fence("dev", oldOfNode);
    assertThat(anew.get("id")).as("another fence").isNotEqualTo(fence.get("id"));
    assertThat(operations.unfence("dev", oldOfNode)).isTrue();
    assertThat(node.execute("SELECT k FROM released.t").all()).hasSize(21);
    assertThat(node.execute("SELECT n FROM released.c").all())
        .hasSize(20)
        .allMatch(row -> row.getLong("n") == 1);
  }

  private Row shown(String id) {
    return Objects.requireNonNull(
        node.execute("SELECT * FROM system_encryption.operations WHERE id = '" + id + "'").one());
  }

  /** As the log tells it last. */
  private String currentKeyOfNode() {
    Matcher line =
        Pattern.compile(
                "Current key of group dev, namespace " + OperatedNode.NAMESPACE + ", \\S+: (\\S+) ")
            .matcher(node.log());
    String last = "";
    while (line.find()) {
      last = line.group(1);
    }
    return last;
  }

  private Set<String> places(String key) {
    return Stream.of((CompositeData[]) operations.inventory().get("uses"))
        .filter(use -> key.equals(use.get("keyId")))
        .map(use -> String.valueOf(use.get("place")))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
