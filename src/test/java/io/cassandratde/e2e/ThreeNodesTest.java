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
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The life of encrypted SSTables among three real nodes. Node {@code a} sends whole files and does
 * not encrypt what it sends, {@code b} sends parts and speaks TLS from its second start on, {@code
 * c} has another version of the jar and another key server behind the group {@code private}.
 */
@Tag("soak")
@ExtendWith(SharedTestBed.class)
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
    a = CassandraNode.prepare(bed.setup("cluster-a", config, true)).useYaml(internode("none"));
    b =
        CassandraNode.joining(a, bed.setup("cluster-b", config, true))
            .useYaml(internode("none") + PARTS);
    c =
        CassandraNode.joining(
                a, bed.setup("cluster-c", configOfC, true).withServerJar(otherVersion))
            .useYaml(internode("all") + EBTI);
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
      Rows rows = new Rows("ring.t");
      Rows indexed = new Rows("ring.indexed");
      define(keyspace("ring", 1));
      define("CREATE TABLE ring.t " + Rows.COLUMNS + encrypted("dev"));
      define("CREATE TABLE ring.indexed " + Rows.COLUMNS + encrypted("dev"));
      define("CREATE INDEX ON ring.indexed (secret) USING 'sai'");
      rows.insert(a.cql(), 300);
      indexed.insert(b.cql(), 300);
      flush("ring", a, b);

      // The format rolls out: a writes ebti, b the stock format, each to the other.
      a.useYaml(internode("none") + EBTI).restart();
      rows.insert(a.cql(), 200);
      indexed.insert(b.cql(), 200);
      flush("ring", a, b);
      replication("ring", 2);
      a.nodetool("repair", "--full", "ring").orFail();
      assertSeen(b, ZERO_COPY.formatted("ring/t", "ebti"));
      assertSeen(a, IN_PARTS);
      assertNotSeen(a, ZERO_COPY.formatted("ring/\\w+", "\\w+"));
      assertAllRead(rows, indexed, a, b);
      b.useYaml(internode("all") + EBTI + PARTS).restart();
      for (CassandraNode node : List.of(a, b)) {
        node.nodetool("upgradesstables", "-a", "ring").orFail();
      }
      assertSealed("ring", List.of(rows, indexed), a, b);
      assertAllRead(rows, indexed, a, b);

      // A node of another version joins; it gets parts from both, from b by TLS.
      c.start();
      assertThat(c.log()).contains("cassandra-tde 99.0.0 ready");
      assertSeen(c, IN_PARTS);
      assertSeen(c, STREAM + "encryption = encrypted");
      assertSeen(c, STREAM + "encryption = unencrypted");
      rows.insert(c.cql(), 100);
      indexed.insert(c.cql(), 100);
      flush("ring", a, b, c);
      c.nodetool("repair", "ring").orFail(); // incremental: SSTables are split and marked
      assertSealed("ring", List.of(rows, indexed), a, b, c);
      assertAllRead(rows, indexed, a, b, c);
      Await.until("all of c is repaired", () -> isRepaired(c));

      whole_files_by_tls();
      a_node_that_lacks_the_senders_key_fails_the_stream();
      c.nodetool("decommission").orFail();
      assertSealed("ring", List.of(rows, indexed), a, b);
      assertAllRead(rows, indexed, a, b);
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
    define(keyspace("whole", 1));
    define("CREATE TABLE whole.t " + Rows.COLUMNS + encrypted("dev"));
    define("CREATE INDEX ON whole.t (secret) USING 'sai'");
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
    define(keyspace("priv", 1));
    define("CREATE TABLE priv.t " + Rows.COLUMNS + encrypted("private"));
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
    define("DROP KEYSPACE priv");
  }

  private SealedFiles sealed(CassandraNode node) {
    return SealedFiles.of(bed.distribution(), node.dataFiles("priv", "t").toArray(Path[]::new));
  }

  /** Changes the schema, and waits until every node that runs has it. */
  private void define(String statement) {
    a.execute(statement);
    Await.until(
        "agreement on " + statement,
        () ->
            Stream.of(a, b, c)
                    .filter(CassandraNode::isRunning)
                    .map(node -> node.execute("SELECT schema_version FROM system.local").one())
                    .map(row -> String.valueOf(row == null ? null : row.getUuid(0)))
                    .distinct()
                    .count()
                == 1);
  }

  private static String keyspace(String name, int factor) {
    return "CREATE KEYSPACE " + name + " WITH replication = " + replicas(factor);
  }

  private static String replicas(int factor) {
    return "{'class': 'SimpleStrategy', 'replication_factor': " + factor + "}";
  }

  private void replication(String keyspace, int factor) {
    define("ALTER KEYSPACE " + keyspace + " WITH replication = " + replicas(factor));
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

  private static void assertAllRead(Rows rows, Rows indexed, CassandraNode... nodes) {
    for (CassandraNode node : nodes) {
      rows.assertAllRead(node.cql());
      indexed.assertAllRead(node.cql());
      assertThat(
              node.execute(
                      "SELECT id FROM ring.indexed WHERE secret = '" + indexed.secretOf(7) + "'")
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
