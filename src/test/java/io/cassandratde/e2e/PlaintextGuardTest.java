package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Settings with which Cassandra would write plaintext behind a compressor's back (docs/RULES.md
 * R24), on a node of their own, as a refused flush stays stuck. Stock Deflate is no
 * FAST_COMPRESSION class, so {@code fast} is the trap for it.
 */
@ExtendWith(SharedTestBed.class)
class PlaintextGuardTest {

  private final TestBed bed;

  PlaintextGuardTest(TestBed bed) {
    this.bed = bed;
  }

  @Test
  void no_setting_writes_plaintext_of_an_encrypted_table() throws IOException {
    try (CassandraNode node =
        CassandraNode.prepare(bed.setup("guards", null, false))
            .useYaml("flush_compression: fast\n")) {
      // No JVM flag here: the file is found by its name beside cassandra.yaml.
      Files.copy(bed.config(), node.confDirectory().resolve("dse.yaml"));
      node.start();
      // Nothing has used a key yet; its operator can ask it all the same (docs/RULES.md R25).
      Await.until(
          "the inventory of a node that encrypts nothing",
          () -> !node.jmx().names("io.cassandratde:type=KeyInventory").isEmpty());
      assertThat(node.execute("SELECT * FROM system_encryption.sstables").all()).isNotEmpty();
      node.execute(
          "CREATE KEYSPACE g WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
      Encryption deflate = Encryption.by("EncryptingDeflateCompressor", "dev", "guards");
      create(node, "plain", "compression = {'class': 'DeflateCompressor'}");
      create(node, "fast", deflate.options());

      Rows plain = new Rows("g.plain").insert(node.cql(), 200);
      Rows fast = new Rows("g.fast").insert(node.cql(), 200);
      node.jmx().flush("g");

      assertThat(RawFiles.found(data(node), plain.secrets()))
          .as("the search finds what LZ4 leaves readable in a plain table, whose flush is 'fast'")
          .hasSizeGreaterThan(150);
      assertThat(RawFiles.found(data(node), fast.secrets()))
          .as("flush_compression: fast")
          .isEmpty();
      fast.assertAllRead(node.cql());
      assertThat(node.log()).contains("crypto provider SunJCE");

      refusesMinCompressRatio(node);
      refusesFlushCompressionNone(node);
    }
  }

  /**
   * Chunks that don't shrink by the ratio would be stored as they are; Rows' secrets shrink little.
   */
  private static void refusesMinCompressRatio(CassandraNode node) throws IOException {
    List<String> warnings =
        node.execute(
                "CREATE TABLE g.ratio "
                    + Rows.COLUMNS
                    + " WITH "
                    + Encryption.lz4("dev", "guards").with("'min_compress_ratio': 4").options())
            .getExecutionInfo()
            .getWarnings();
    assertThat(warnings).anyMatch(warning -> warning.contains("min_compress_ratio"));
    Rows rows = new Rows("g.ratio").insert(node.cql(), 200);

    assertThatThrownBy(() -> node.jmx().flush("g", "ratio")).hasStackTraceContaining("plaintext");

    assertThat(RawFiles.found(data(node), rows.secrets())).as("min_compress_ratio").isEmpty();
    assertThat(node.log()).contains("table g.ratio is encrypted and has min_compress_ratio");
    // What the message advises; the restart is below.
    node.execute("ALTER TABLE g.ratio WITH " + Encryption.lz4("dev", "guards").options());
  }

  /** Stock Cassandra would flush each compressed table with its Noop compressor. */
  private static void refusesFlushCompressionNone(CassandraNode node) throws IOException {
    node.kill();
    node.useYaml("flush_compression: none\n");

    assertThat(node.startAndAwaitExit()).isNotZero();

    assertThat(node.log())
        .contains("flush_compression: none would flush encrypted tables in plaintext");
    node.useYaml("").start();
    Rows ratio = new Rows("g.ratio").expect(200);
    ratio.assertAllRead(node.cql());
    node.jmx().flush("g");
    ratio.assertAllRead(node.cql());
    assertThat(RawFiles.found(data(node), ratio.secrets())).as("after the remedy").isEmpty();
  }

  private static void create(CassandraNode node, String table, String with) {
    node.execute("CREATE TABLE g." + table + " " + Rows.COLUMNS + " WITH " + with);
  }

  private static List<Path> data(CassandraNode node) throws IOException {
    try (Stream<Path> files = Files.walk(node.directory().resolve("data/g"))) {
      return files.filter(Files::isRegularFile).toList();
    }
  }
}
