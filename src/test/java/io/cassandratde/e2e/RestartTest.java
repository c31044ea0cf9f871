package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.node.CassandraNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The last class: the shared node dies by kill -9, comes back, and has every row of every class.
 */
@ExtendWith(SharedTestBed.class)
@Order(Integer.MAX_VALUE)
class RestartTest {

  private final TestBed bed;
  private final CassandraNode node;

  RestartTest(TestBed bed) {
    this.bed = bed;
    this.node = bed.node();
  }

  @Test
  void every_row_is_there_after_kill_and_restart() {
    bed.keyspace("restart");
    List<Rows> tables =
        Stream.of("LZ4", "Zstd", "Snappy", "Deflate", "")
            .map(inner -> inner.isEmpty() ? "Encryptor" : "Encrypting" + inner + "Compressor")
            .map(this::fill)
            .toList();
    node.jmx().flush("restart");
    Map<String, String> keys = new TreeMap<>();
    for (Rows rows : tables) {
      keys.put(rows.name(), bed.sealed("restart", rows.name()).onlyKeyId());
      // These stand in the commit log only, so start-up has to seal them.
      rows.insert(node.cql(), 200);
    }
    int before = node.log().length();

    node.kill();
    node.start();

    for (Rows rows : tables) {
      rows.assertAllRead(node.cql());
      assertThat(node.dataFiles("restart", rows.name()))
          .as("what was flushed before, and what start-up sealed, of " + rows.name())
          .hasSizeGreaterThan(1);
      assertThat(bed.sealed("restart", rows.name()).onlyKeyId())
          .as("a restart makes no key")
          .isEqualTo(keys.get(rows.name()));
      assertThat(RawFiles.found(node.dataFiles("restart", rows.name()), rows.secrets())).isEmpty();
    }
    bed.survivors().forEach(survivor -> survivor.assertAllRead(node.cql()));
    assertThat(node.log().substring(before))
        .containsPattern("cassandra-tde \\S+ ready: crypto provider AmazonCorrettoCryptoProvider");
  }

  private Rows fill(String compressor) {
    Rows rows = new Rows("restart." + compressor.toLowerCase(Locale.ROOT));
    Encryption encryption = Encryption.by(compressor, "dev", "restart");
    node.execute(
        "CREATE TABLE restart."
            + rows.name()
            + " "
            + Rows.COLUMNS
            + " WITH "
            + encryption.options());
    return rows.insert(node.cql(), 200);
  }
}
