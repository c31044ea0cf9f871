package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.Test;

/** What a node shows of its keys to whoever watches it. */
@SharedNode
class KeysBeanTest {

  private static final String BEAN = "io.cassandratde:type=Keys";

  private final TestBed bed;
  private final CassandraNode node;

  KeysBeanTest(TestBed bed) {
    this.bed = bed;
    this.node = bed.node();
  }

  @Test
  void the_bean_names_the_key_that_seals_and_cassandras_metrics_have_its_age() {
    bed.keyspace("watched");
    String options = Encryption.lz4("dev", "watched").options();
    node.execute("CREATE TABLE watched.t " + Rows.COLUMNS + " WITH " + options);
    Rows rows = new Rows("watched.t").insert(node.cql(), 20);
    node.jmx().flush("watched");

    String sealedBy = bed.sealed("watched", "t").onlyKeyId();
    assertThat((CompositeData[]) node.jmx().run(BEAN, "refreshKeys"))
        // Others may be of a group whose server another test has killed.
        .filteredOn(key -> sealedBy.equals(key.get("currentKeyId")))
        .singleElement()
        .satisfies(
            key -> {
              assertThat(key.get("group")).isEqualTo("dev");
              assertThat(key.get("namespace")).isEqualTo("watched");
              assertThat((Long) key.get("ageSeconds")).isLessThan(60);
            });
    assertThat((CompositeData[]) node.jmx().attribute(BEAN, "Hosts")).isNotEmpty();
    Await.until(
        "gauges of the current key",
        () ->
            !node.jmx()
                .names("org.apache.cassandra.metrics:type=TdeKeys,name=CurrentKeyAgeSeconds,*")
                .isEmpty());
    bed.mustSurviveRestart(rows);
  }

  /** Also a namespace that holds the name of a gauge, which Cassandra's registry refuses. */
  @Test
  void a_dropped_tables_spec_is_shown_and_looked_after_no_more() {
    String namespace = "CurrentKeyIsStale";
    String gauges = "org.apache.cassandra.metrics:type=TdeKeys,scope=*urrentKeyIsStale*,*";
    bed.keyspace("dropped");
    node.execute(
        "CREATE TABLE dropped.t "
            + Rows.COLUMNS
            + " WITH "
            + Encryption.lz4("dev", namespace).options());
    new Rows("dropped.t").insert(node.cql(), 20);
    node.jmx().flush("dropped");
    assertThat(namespaces()).contains(namespace);
    Await.until("gauges", Duration.ofSeconds(40), () -> node.jmx().names(gauges).size() == 5);

    node.execute("DROP TABLE dropped.t");

    Await.until(
        "the end of its refresh",
        Duration.ofSeconds(40),
        () -> !namespaces().contains(namespace) && node.jmx().names(gauges).isEmpty());
  }

  private List<String> namespaces() {
    return Stream.of((CompositeData[]) node.jmx().attribute(BEAN, "Keys"))
        .map(key -> String.valueOf(key.get("namespace")))
        .toList();
  }
}
