package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.cql.Row;
import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.files.SealedFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.e2e.process.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is done with a node's keys over JMX, and what it leaves on the disk. */
@ExtendWith(SharedTestBed.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeyOperationsTest {

  private static final String BEAN = "io.cassandratde:type=KeyOperations";

  /** Of all that is no table of the tests: commit log, saved caches, system tables. */
  private static final String NAMESPACE = "operations_node";

  private static final LogSealing LOG = new LogSealing("dev", NAMESPACE);

  private final TestBed bed;
  private final CassandraNode node;

  KeyOperationsTest(TestBed bed) throws IOException {
    this.bed = bed;
    Path config = bed.writeConfig("operations.yaml", List.of(bed.devServer().group("dev")));
    Files.writeString(
        config,
        "encrypt: {keyspaces: [released], system: true}\ndefault_key: {key_namespace: "
            + NAMESPACE
            + "}\n",
        StandardOpenOption.APPEND);
    node =
        CassandraNode.prepare(bed.setup("operations", config, true))
            .useYaml(EbtiFormatTest.YAML + LOG.commitLog());
    node.start();
  }

  @AfterAll
  void stop() {
    node.close();
  }

  @Test
  void a_revoked_key_is_replaced_fenced_and_needed_by_the_snapshot_alone() throws Exception {
    node.execute(
        "CREATE KEYSPACE ops WITH replication = {'class': 'SimpleStrategy',"
            + " 'replication_factor': 1}");
    final Rows wrapped = create("wrapped");
    node.execute("CREATE INDEX ON ops.wrapped (secret) USING 'sai'");
    final Rows written = create("written");
    flushed(wrapped, 150);
    flushed(wrapped, 50);
    flushed(written, 150);
    final String wrappedKey = sealed("wrapped").onlyKeyId();
    final String writtenKey = sealed("written").onlyKeyId();
    node.jmx().snapshot("kept", "ops", "wrapped");
    bed.dsetool("managekmip", "revoke", "dev", wrappedKey).orFail();
    bed.dsetool("managekmip", "revoke", "dev", writtenKey).orFail();
    var unused = node.jmx().run("io.cassandratde:type=Keys", "refreshKeys");
    flushed(written, 50);

    rewrapped(wrappedKey);
    rewritten(writtenKey);
    checked();
    fenced(wrappedKey);
    for (Rows rows : new Rows[] {wrapped, written}) {
      rows.assertAllRead(node.cql());
    }
    node.restart();
    for (Rows rows : new Rows[] {wrapped, written}) {
      rows.assertAllRead(node.cql());
    }
    assertThat((CompositeData[]) node.jmx().attribute(BEAN, "Fences")).isEmpty();
    assertThat(node.log()).doesNotContain("CorruptSSTableException");
  }

  private Rows create(String table) {
    node.execute(
        "CREATE TABLE ops."
            + table
            + " "
            + Rows.COLUMNS
            + " WITH compaction = {'class': 'SizeTieredCompactionStrategy', 'enabled': 'false'} AND "
            + Encryption.lz4("dev", "ops_" + table).options());
    return new Rows("ops." + table);
  }

  private void flushed(Rows rows, int count) {
    rows.insert(node.cql(), count);
    node.jmx().flush("ops");
  }

  private SealedFiles sealed(String table) {
    return SealedFiles.of(bed.distribution(), node.dataFiles("ops", table).toArray(Path[]::new));
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
  private void rewrapped(String old) throws Exception {
    Map<String, String> before = digests("wrapped");
    CompositeData ended = await(node.jmx().run(BEAN, "rewrap", "dev", old, new String[] {"ops"}));
    assertThat(ended.get("state")).as("%s", ended).isEqualTo("DONE");
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
  private void rewritten(String old) throws Exception {
    Map<String, String> before = digests("written");
    String stays = generation(sealed("written"), old, false);
    String goes = generation(sealed("written"), old, true);
    CompositeData ended =
        await(node.jmx().run(BEAN, "rewrite", "dev", old, new String[] {"ops.written"}, 1));
    assertThat(ended.get("state")).as("%s", ended).isEqualTo("DONE");
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

  /** What stands in the names of the only SSTable that this key seals, or does not. */
  private static String generation(SealedFiles files, String key, boolean seals) {
    return files.entries().stream()
        .filter(entry -> entry.keys().stream().anyMatch(k -> k.id().equals(key)) == seals)
        .map(entry -> entry.path().substring(entry.path().lastIndexOf('/') + 1))
        .map(name -> name.substring(0, name.length() - "Data.db".length()))
        .reduce(
            (a, b) -> {
              throw new AssertionError(a + " and " + b);
            })
        .orElseThrow();
  }

  private void checked() {
    String current = sealed("wrapped").onlyKeyId();
    CompositeData check = (CompositeData) node.jmx().run(BEAN, "checkKey", "dev", current);
    assertThat(check.get("bits")).isEqualTo(256);
    assertThat((String) check.get("checkValue")).matches("[0-9a-f]{8}");
  }

  /** Nothing comes in under it any more. */
  private void fenced(String old) {
    CompositeData fence = (CompositeData) node.jmx().run(BEAN, "fence", "dev", old);
    assertThat(fence.get("liveSSTables")).isEqualTo(0L);
    Path snapshot = node.tableDirectory("ops", "wrapped").resolve("snapshots/kept");
    Path copy = bed.directory().resolve("fenced/ops/wrapped");
    RawFiles.copySSTables(snapshot, copy);
    Ran imported = node.nodetool("import", "--copy-data", "ops", "wrapped", copy.toString());
    assertThat(imported.exit()).as("%s", imported).isNotZero();
    assertThat(node.log()).contains("is fenced on this node since");
    assertThat(node.isRunning()).isTrue();
  }

  @Test
  void a_rewrite_shows_how_far_it_is_and_a_cancelled_one_leaves_what_there_was() {
    node.execute(
        "CREATE KEYSPACE slow WITH replication = {'class': 'SimpleStrategy',"
            + " 'replication_factor': 1}");
    node.execute(
        "CREATE TABLE slow.t (id int PRIMARY KEY, v blob) WITH "
            + Encryption.lz4("dev", "slow").options());
    byte[] value = new byte[64 * 1024];
    new Random(1).nextBytes(value);
    String hex = HexFormat.of().formatHex(value);
    for (int id = 0; id < 100; id++) {
      node.execute("INSERT INTO slow.t (id, v) VALUES (" + id + ", 0x" + hex + ")");
    }
    node.jmx().flush("slow");
    SealedFiles files =
        SealedFiles.of(bed.distribution(), node.dataFiles("slow", "t").toArray(Path[]::new));
    String old = files.onlyKeyId();
    bed.dsetool("managekmip", "revoke", "dev", old).orFail();
    var unused = node.jmx().run("io.cassandratde:type=Keys", "refreshKeys");

    node.jmx().setCompactionThroughput(1);
    Object id = node.jmx().run(BEAN, "rewrite", "dev", old, new String[] {"slow.t"}, 0);
    Await.until("some progress", () -> (Long) operation(id).get("bytesDone") > 0);
    assertThat(operation(id).get("state")).isEqualTo("RUNNING");
    assertThat(node.jmx().run(BEAN, "cancel", id)).isEqualTo(true);
    assertThat(await(id).get("state")).isEqualTo("CANCELLED");
    assertThat(node.dataFiles("slow", "t")).hasSize(1);
    node.jmx().setCompactionThroughput(0);
    assertThat(node.jmx().run(BEAN, "cancel", id)).as("it has ended").isEqualTo(false);
    CompositeData again =
        await(node.jmx().run(BEAN, "rewrite", "dev", old, new String[] {"slow.t"}, 0));
    assertThat(again.get("state")).as("%s", again).isEqualTo("DONE");
    assertThat(node.execute("SELECT id FROM slow.t").all()).hasSize(100);
  }

  /** The key of everything but the tests' tables, without a restart. */
  @Test
  void commit_log_caches_and_paxos_state_leave_a_revoked_key() {
    node.execute(
        "CREATE KEYSPACE released WITH replication = {'class': 'SimpleStrategy',"
            + " 'replication_factor': 1}");
    node.execute("CREATE TABLE released.t (k text PRIMARY KEY, v text)");
    node.execute("CREATE TABLE released.c (k text PRIMARY KEY, n counter)");
    for (int i = 0; i < 20; i++) {
      node.execute("INSERT INTO released.t (k, v) VALUES ('k" + i + "', 'v') IF NOT EXISTS");
      node.execute("UPDATE released.c SET n = n + 1 WHERE k = 'k" + i + "'");
    }
    node.jmx().flush("system", "paxos");
    var unused = node.jmx().run("org.apache.cassandra.db:type=Caches", "saveCaches");
    String old = currentKey();
    Await.until(
        "everything under the old key",
        () ->
            places(report(), old).containsAll(Set.of("live", "commitlog", "paxos", "saved_cache")));
    bed.dsetool("managekmip", "revoke", "dev", old).orFail();
    unused = node.jmx().run("io.cassandratde:type=Keys", "refreshKeys");
    assertThat(currentKey()).isNotEqualTo(old);
    node.execute("INSERT INTO released.t (k, v) VALUES ('later', 'v') IF NOT EXISTS");

    CompositeData released = await(node.jmx().run(BEAN, "release", "dev", old));
    assertThat(released.get("state")).as("%s", released).isEqualTo("DONE");
    assertThat(places(report(), old)).containsExactly("live");
    CompositeData rewritten = await(node.jmx().run(BEAN, "rewrite", "dev", old, new String[0], 0));
    assertThat(rewritten.get("state")).as("%s", rewritten).isEqualTo("DONE");
    CompositeData fence = (CompositeData) node.jmx().run(BEAN, "fence", "dev", old);
    assertThat(fence.get("liveSSTables")).isEqualTo(0L);
    Await.until("no file needs it", () -> places(report(), old).isEmpty());
    assertThat(places(report(), currentKey())).contains("live", "commitlog", "paxos");
    CompositeData again = (CompositeData) node.jmx().run(BEAN, "fence", "dev", old);
    assertThat(again.get("id")).as("the fence held").isEqualTo(fence.get("id"));
    assertThat(shown((String) released.get("id")))
        .satisfies(
            row -> {
              assertThat(row.getString("kind")).isEqualTo("release");
              assertThat(row.getString("key_id")).isEqualTo(old);
              assertThat(row.getString("state")).isEqualTo("done");
              assertThat(row.getLong("files")).isGreaterThanOrEqualTo(3);
              assertThat(row.getLong("files_done")).isEqualTo(row.getLong("files"));
              assertThat(row.getInstant("ended_at")).isNotNull();
              assertThat(row.getLong("failure_count")).isZero();
            });
    assertThat(node.jmx().run(BEAN, "unfence", "dev", old)).isEqualTo(true);
    CompositeData anew = (CompositeData) node.jmx().run(BEAN, "fence", "dev", old);
    assertThat(anew.get("id")).as("another fence").isNotEqualTo(fence.get("id"));
    unused = node.jmx().run(BEAN, "unfence", "dev", old);
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
  private String currentKey() {
    Matcher line =
        Pattern.compile("Current key of group dev, namespace " + NAMESPACE + ", \\S+: (\\S+) ")
            .matcher(node.log());
    String last = "";
    while (line.find()) {
      last = line.group(1);
    }
    return last;
  }

  private CompositeData report() {
    return (CompositeData) node.jmx().run("io.cassandratde:type=KeyInventory", "refresh");
  }

  private static Set<String> places(CompositeData inventory, String key) {
    return Stream.of((CompositeData[]) inventory.get("uses"))
        .filter(use -> key.equals(use.get("keyId")))
        .map(use -> String.valueOf(use.get("place")))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private CompositeData await(Object id) {
    Await.until("the end of operation " + id, () -> operation(id).get("ended") != null);
    return operation(id);
  }

  private CompositeData operation(Object id) {
    return Stream.of((CompositeData[]) node.jmx().attribute(BEAN, "Operations"))
        .filter(operation -> id.equals(operation.get("id")))
        .findFirst()
        .orElseThrow();
  }
}
