package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.node.CassandraNode;
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
    node.execute(
        "CREATE TABLE restart.t "
            + Rows.COLUMNS
            + " WITH "
            + Encryption.by("EncryptingZstdCompressor", "dev", "restart").options());
    Rows rows = new Rows("restart.t").insert(node.cql(), 200);
    node.jmx().flush("restart");
    // These stand in the commit log only, so start-up has to seal them.
    rows.insert(node.cql(), 200);

    node.kill();
    node.start();

    rows.assertAllRead(node.cql());
    bed.survivors().forEach(survivor -> survivor.assertAllRead(node.cql()));
    node.jmx().flush("restart");
    assertThat(bed.sealed("restart", "t").keyIds()).hasSize(1);
    assertThat(node.log()).contains("cassandra-tde").contains("AmazonCorrettoCryptoProvider");
  }
}
