package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * JMX setCompressionParameters takes the encryption of a table away, on one node and in memory: no
 * listener hears of it, so the node must see it by itself.
 */
@SharedNode
class LocalOverrideTest {

  /** The sweep comes every 10 s. */
  private static final Duration TWO_SWEEPS = Duration.ofSeconds(40);

  private final TestBed bed;
  private final CassandraNode node;

  LocalOverrideTest(TestBed bed) {
    this.bed = bed;
    this.node = bed.node();
  }

  @Test
  void a_table_made_plain_over_jmx_is_alarmed_of_and_the_remedy_seals_it_again() {
    bed.keyspace("override");
    Encryption encryption = Encryption.lz4("dev", "override");
    node.execute("CREATE TABLE override.t " + Rows.COLUMNS + " WITH " + encryption.options());
    Rows rows = new Rows("override.t").insert(node.cql(), 100);
    node.jmx().flush("override");
    final String key = bed.sealed("override", "t").onlyKeyId();
    String encrypting = node.jmx().compression("override", "t");

    node.jmx().setCompression("override", "t", "{\"class\": \"LZ4Compressor\"}");
    rows.insert(node.cql(), 200);
    node.jmx().flush("override");

    assertThat(plaintext(rows)).as("the alarm is true").isNotEmpty();
    Await.until("the alarm", TWO_SWEEPS, () -> node.log().contains(alarm()));

    node.jmx().setCompression("override", "t", encrypting);
    node.nodetool("upgradesstables", "-a", "override", "t").orFail();
    Await.until(
        "the plain files to go",
        () ->
            bed.sealed("override", "t").keyIds().equals(Set.of(key)) && plaintext(rows).isEmpty());
    rows.assertAllRead(node.cql());
    bed.mustSurviveRestart(rows);
  }

  private Collection<String> plaintext(Rows rows) {
    return RawFiles.found(node.dataFiles("override", "t"), rows.secrets());
  }

  private static String alarm() {
    return "Table override.t is encrypted, but JMX setCompressionParameters has set";
  }
}
