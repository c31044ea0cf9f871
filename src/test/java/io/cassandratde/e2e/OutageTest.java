package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Key servers that are dead from the start, and key servers that die. */
@SharedNode
class OutageTest {

  private final TestBed bed;
  private final CassandraNode node;

  OutageTest(TestBed bed) {
    this.bed = bed;
    this.node = bed.node();
  }

  @Test
  void the_second_host_of_a_group_serves_if_the_first_is_dead() {
    bed.keyspace("failover");
    Encryption encryption = Encryption.lz4("failover", "failover");
    node.execute("CREATE TABLE failover.t " + Rows.COLUMNS + " WITH " + encryption.options());
    Rows rows = new Rows("failover.t").insert(node.cql(), 200);
    node.jmx().flush("failover");

    rows.assertAllRead(node.cql());
    String key = bed.sealed("failover", "t").onlyKeyId();
    // The CLI goes the same way round the dead host.
    assertThat(bed.dsetool("managekmip", "list", "failover").orFail().out())
        .startsWith("Keys on " + bed.devServer().address())
        .contains(key);
    bed.mustSurviveRestart(rows);
  }

  @Test
  void reads_and_writes_go_on_if_the_key_server_dies() {
    bed.keyspace("outage");
    Encryption encryption = Encryption.lz4("dying", "outage");
    node.execute("CREATE TABLE outage.t " + Rows.COLUMNS + " WITH " + encryption.options());
    Rows rows = new Rows("outage.t").insert(node.cql(), 200);
    node.jmx().flush("outage");
    final Set<String> keys = bed.sealed("outage", "t").keyIds();

    int before = node.log().length();
    bed.dying().kill();
    Await.until(
        "the node's notice of it",
        () ->
            node.log()
                .substring(before)
                .lines()
                .anyMatch(
                    line ->
                        line.contains("Could not refresh the current key of")
                            && line.contains("dying")));

    rows.insert(node.cql(), 200);
    node.jmx().flush("outage");
    rows.assertAllRead(node.cql());
    node.jmx().compact("outage", "t");
    Await.until("one file", () -> node.dataFiles("outage", "t").size() == 1);
    rows.assertAllRead(node.cql());
    assertThat(bed.sealed("outage", "t").keyIds()).isEqualTo(keys);
    // Other groups don't notice.
    bed.keyspace("outage_other");
    node.execute(
        "CREATE TABLE outage_other.t "
            + Rows.COLUMNS
            + " WITH "
            + Encryption.lz4("dev", "outage_other").options());
    Rows others = new Rows("outage_other.t").insert(node.cql(), 50);
    node.jmx().flush("outage_other");
    others.assertAllRead(node.cql());
    // A restart would need this server (docs/RULES.md R21), and RestartTest restarts this node.
    node.execute("DROP TABLE outage.t");
  }
}
