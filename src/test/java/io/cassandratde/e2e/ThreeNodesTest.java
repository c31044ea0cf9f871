package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.files.JarCopy;
import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.files.SealedFiles;
import io.cassandratde.e2e.kmip.Stores;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.e2e.process.Ran;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * The life of encrypted SSTables among three real nodes. Node {@code a} sends whole files and does
 * not encrypt what it sends, {@code b} sends parts and speaks TLS from its second start on, {@code
 * c} has another version of the jar and another key server behind the group {@code private}.
 */
@ExtendWith(SharedTestBed.class)
@ResourceLock(TestBed.SEVERAL_NODES)
class ThreeNodesTest {

  private static final String EBTI = "sstable:\n  selected_format: ebti\n";
  private static final String PARTS = "stream_entire_sstables: false\n";
  private static final String ZERO_COPY =
      "SSTableZeroCopyWriter.* Writing component Data.db to .*/%s-[^/]*/[^/]*-%s-Data.db";
  private static final String IN_PARTS = "CassandraCompressedStreamReader.*Finished receiving file";
  private static final String STREAM = "-STREAMING-.* streaming connection established.*";

  private final TestBed bed;
  private final CassandraNode a;
  private final CassandraNode b;
  private final CassandraNode c;
  private final Ring ring;

  ThreeNodesTest(TestBed bed) {
    this.bed = bed;
    Path config =
        bed.writeConfig(
            "cluster.yaml",
            List.of(bed.devServer().group("dev"), bed.devServer().group("private")));
    Path configOfC =
        bed.writeConfig(
            "cluster-c.yaml", List.of(bed.devServer().group("dev"), bed.pykmip().group("private")));
    Path otherVersion =
        JarCopy.withVersion(
            bed.distribution().serverJar(), "99.0.0", bed.directory().resolve("cluster.jar"));
    a =
        CassandraNode.prepare(bed.setup("cluster-a", config, true))
            .useYaml(internode("none") + Ring.tokens(0));
    b =
        CassandraNode.joining(a, bed.setup("cluster-b", config, true))
            .useYaml(internode("none") + PARTS + Ring.tokens(1));
    c =
        CassandraNode.joining(
                a, bed.setup("cluster-c", configOfC, true).withServerJar(otherVersion))
            .useYaml(internode("all") + EBTI + Ring.tokens(2))
            // Else it waits two minutes for batches before it leaves.
            .useJvmOptions(List.of("-Dcassandra.batchlog.replay_timeout_in_ms=1000"));
    ring = new Ring(List.of(a, b, c));
  }

  /**
   * Whom others connect to encrypted or not; {@code encryption} is how the node itself connects.
   */
  private String internode(String encryption) {
    return """
    server_encryption_options:
      internode_encryption: %s
      optional: true
      require_client_auth: false
      keystore: %s
      keystore_password: %s
      truststore: %s
      truststore_password: %s
      store_type: PKCS12
    write_request_timeout: 60s
    read_request_timeout: 60s
    range_request_timeout: 60s
    request_timeout: 60s
    """
        .formatted(
            encryption,
            bed.stores().internodeKeystore(),
            Stores.PASSWORD,
            bed.stores().truststore(),
            Stores.PASSWORD);
  }

  @Test
  void rolling_in_streaming_of_all_kinds_and_decommission() {
    try (a;
        b;
        c) {
      a.start();
      b.start();
      ring.awaitEachSeesAll();
      Rows rows = new Rows("ring.t");
      Rows indexed = new Rows("ring.indexed");
      Rows single = new Rows("ring.single");
      List<Rows> all = List.of(rows, indexed, single);
      ring.define(keyspace("ring", 1));
      for (Rows table : all) {
        ring.define("CREATE TABLE ring." + table.name() + " " + Rows.COLUMNS + encrypted("dev"));
      }
      ring.define("CREATE INDEX ON ring.indexed (secret) USING 'sai'");
      ring.define(
          "ALTER TABLE ring.single WITH compaction = {'class': 'SizeTieredCompactionStrategy',"
              + " 'min_threshold': 32, 'max_threshold': 32}");
      rows.insert(a.cql(), 300);
      indexed.insert(b.cql(), 300);
      flush("ring", a, b);

      // The format rolls out: a writes ebti, b the stock format, each to the other.
      a.useYaml(internode("none") + EBTI + Ring.tokens(0)).restart();
      ring.awaitEachSeesAll();
      rows.insert(a.cql(), 200);
      indexed.insert(b.cql(), 200);
      flush("ring", a, b);
      replication("ring", 2);
      a.nodetool("repair", "--full", "ring").orFail();
      assertSeen(b, ZERO_COPY.formatted("ring/t", "ebti"));
      assertSeen(a, IN_PARTS);
      assertNotSeen(a, ZERO_COPY.formatted("ring/\\w+", "\\w+"));
      assertAllRead(all, a, b);
      b.useYaml(internode("all") + EBTI + PARTS + Ring.tokens(1)).restart();
      ring.awaitEachSeesAll();
      for (CassandraNode node : List.of(a, b)) {
        node.nodetool("upgradesstables", "-a", "ring").orFail();
      }
      // SSTables of one row: whoever wants the row wants the whole of it.
      for (int i = 0; i < 8; i++) {
        single.insert(a.cql(), 1);
        flush("ring", a, b);
      }
      assertSealed("ring", all, a, b);
      assertAllRead(all, a, b);

      // A node of another version joins; it gets whole files from a, and parts from b by TLS.
      c.start();
      ring.awaitEachSeesAll();
      assertThat(c.log()).contains("cassandra-tde 99.0.0 ready");
      assertSeen(c, ZERO_COPY.formatted("ring/single", "ebti"));
      assertSeen(c, IN_PARTS);
      assertSeen(c, STREAM + "encryption = encrypted");
      assertSeen(c, STREAM + "encryption = unencrypted");
      for (Rows table : all) {
        table.insert(c.cql(), 100);
      }
      flush("ring", a, b, c);
      c.nodetool("repair", "ring").orFail(); // incremental: SSTables are split and marked
      assertSealed("ring", all, a, b, c);
      assertAllRead(all, a, b, c);
      Await.until("all of c is repaired", () -> isRepaired(c));

      whole_files_by_tls();
      a_node_that_lacks_the_senders_key_fails_the_stream();
      int before = a.log().length();
      c.nodetool("decommission", "--force").orFail(); // system_distributed wants three nodes
      assertThat(a.log().substring(before))
          .containsPattern(ZERO_COPY.formatted("ring/single", "ebti"));
      assertSealed("ring", all, a, b);
      assertAllRead(all, a, b);
      b.stop();
      a.restart();
      rows.assertAllRead(a.cql());
      for (CassandraNode node : List.of(a, b, c)) {
        assertThat(node.output() + node.log())
            .as("log of " + node)
            .contains("Netty using native Epoll event loop")
            .doesNotContain("Corrupt");
      }
    }
  }

  /** Of the senders to {@code a}, c alone sends whole files, and it does so by TLS alone. */
  private void whole_files_by_tls() {
    ring.define(keyspace("whole", 1));
    ring.define("CREATE TABLE whole.t " + Rows.COLUMNS + encrypted("dev"));
    ring.define("CREATE INDEX ON whole.t (secret) USING 'sai'");
    Rows rows = new Rows("whole.t").insert(a.cql(), 200);
    flush("whole", a, b, c);
    replication("whole", 3);
    a.nodetool("repair", "whole").orFail();
    assertSeen(a, STREAM + "encryption = encrypted");
    assertSeen(a, ZERO_COPY.formatted("whole/t", "ebti"));
    assertSealed("whole", List.of(rows), a, b, c);
    for (CassandraNode node : List.of(a, b, c)) {
      rows.assertAllRead(node.cql());
    }
    replication("whole", 2);
  }

  private void a_node_that_lacks_the_senders_key_fails_the_stream() {
    ring.define(keyspace("priv", 1));
    ring.define("CREATE TABLE priv.t " + Rows.COLUMNS + encrypted("private"));
    Rows rows = new Rows("priv.t").insert(a.cql(), 100);
    flush("priv", a, b, c);
    Set<Path> before = Set.copyOf(RawFiles.below(c.tableDirectory("priv", "t")));
    String key = sealed(a).onlyKeyId();
    assertThat(sealed(c).keyIds()).doesNotContain(key);
    replication("priv", 3);
    Ran repair = c.nodetool("repair", "--full", "priv");
    assertThat(repair.exit()).as("%s", repair).isNotZero();
    assertSeen(
        c,
        "Streaming error occurred.*\\n.*KeyNotFoundException: group private does not give key "
            + key
            + ".*KMIP group 'private', host "
            + bed.pykmip().address());
    Await.until(
        "nothing half-received stays",
        () -> Set.copyOf(RawFiles.below(c.tableDirectory("priv", "t"))).equals(before));
    replication("priv", 1);
    rows.assertAllRead(c.cql());
    ring.define("DROP KEYSPACE priv");
    // Where the other end gives up just when it makes its files, Cassandra forgets some of them
    // (SSTableZeroCopyWriter's constructor against the transaction's abort), with a key that the
    // next start would miss: moved away, as its message says.
    ring.running().forEach(node -> RawFiles.delete(node.directory().resolve("data/priv")));
  }

  private SealedFiles sealed(CassandraNode node) {
    return SealedFiles.of(bed.distribution(), node.dataFiles("priv", "t").toArray(Path[]::new));
  }

  private static String keyspace(String name, int factor) {
    return "CREATE KEYSPACE " + name + " WITH replication = " + replicas(factor);
  }

  private static String replicas(int factor) {
    return "{'class': 'SimpleStrategy', 'replication_factor': " + factor + "}";
  }

  private void replication(String keyspace, int factor) {
    ring.define("ALTER KEYSPACE " + keyspace + " WITH replication = " + replicas(factor));
  }

  private static String encrypted(String group) {
    return " WITH " + Encryption.lz4(group, "cluster").options();
  }

  private static void flush(String keyspace, CassandraNode... nodes) {
    for (CassandraNode node : nodes) {
      node.jmx().flush(keyspace);
    }
  }

  private static boolean isRepaired(CassandraNode node) {
    return node.jmx()
        .attribute(
            "org.apache.cassandra.metrics:type=Table,keyspace=ring,scope=t,name=PercentRepaired",
            "Value")
        .equals(100.0);
  }

  private static void assertSeen(CassandraNode node, String pattern) {
    Pattern wanted = Pattern.compile(pattern);
    Await.until(pattern + " in the log of " + node, () -> wanted.matcher(node.log()).find());
  }

  private static void assertNotSeen(CassandraNode node, String pattern) {
    assertThat(Pattern.compile(pattern).matcher(node.log()).find())
        .as(pattern + " in the log of " + node)
        .isFalse();
  }

  private static void assertAllRead(List<Rows> tables, CassandraNode... nodes) {
    for (CassandraNode node : nodes) {
      tables.forEach(rows -> rows.assertAllRead(node.cql()));
      assertThat(
              node.execute(
                      "SELECT id FROM ring.indexed WHERE secret = '"
                          + new Rows("ring.indexed").secretOf(7)
                          + "'")
                  .all())
          .hasSize(1);
    }
  }

  /** Nothing readable in a keyspace, and nothing of another format. */
  private static void assertSealed(String keyspace, List<Rows> tables, CassandraNode... nodes) {
    List<String> secrets = tables.stream().flatMap(rows -> rows.secrets().stream()).toList();
    for (CassandraNode node : nodes) {
      assertThat(node.dataFiles(keyspace, "t")).isNotEmpty();
      Await.until(
          "nothing readable on " + node,
          () -> {
            List<Path> files = RawFiles.below(node.directory().resolve("data/" + keyspace));
            return RawFiles.found(files, secrets).isEmpty()
                && files.stream().allMatch(file -> file.toString().contains("-ebti"));
          });
    }
  }
}
