package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The last class: the shared node dies by kill -9, comes back, and has every row of every class.
 */
@SharedNode
@Isolated
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
            .map(compressor -> fill(compressor, Encryption.by(compressor, "dev", "restart")))
            .toList();
    node.jmx().flush("restart");
    Map<String, String> keys = new TreeMap<>();
    for (Rows rows : tables) {
      keys.put(rows.name(), bed.sealed("restart", rows.name()).onlyKeyId());
      // These stand in the commit log only, so start-up has to seal them.
      rows.insert(node.cql(), 200);
    }
    Rows revoked = underTwoKeys();
    int before = node.log().length();

    node.kill();
    node.start();

    // First: from its name in the chunks alone, as nothing seals with the old key any more.
    revoked.assertAllRead(node.cql());

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

  /** Rows under a key that was revoked meanwhile, and rows under the next one. */
  private Rows underTwoKeys() {
    Encryption encryption = Encryption.lz4("dev", "restart_revoked");
    Rows rows = fill("revoked", encryption);
    node.jmx().flush("restart", "revoked");
    String oldKey = bed.sealed("restart", "revoked").onlyKeyId();
    bed.dsetool("managekmip", "revoke", "dev", oldKey).orFail();
    Pattern line = Pattern.compile(encryption.currentKeyLine(oldKey));
    Await.until("a new current key", () -> line.matcher(node.log()).find());
    rows.insert(node.cql(), 200);
    node.jmx().flush("restart", "revoked");
    assertThat(bed.sealed("restart", "revoked").keyIds()).hasSize(2).contains(oldKey);
    return rows;
  }

  private Rows fill(String name, Encryption encryption) {
    String table = "restart." + name.toLowerCase(Locale.ROOT);
    node.execute("CREATE TABLE " + table + " " + Rows.COLUMNS + " WITH " + encryption.options());
    return new Rows(table).insert(node.cql(), 200);
  }
}
