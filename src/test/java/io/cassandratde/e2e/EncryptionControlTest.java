package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.cql.Row;
import io.cassandratde.e2e.node.CassandraNode;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.Test;

/** What nodes share about keys, as operators and their tools reach it over JMX. */
@SharedNode
class EncryptionControlTest {

  private static final String BEAN = "io.cassandratde:type=EncryptionControl";

  private final CassandraNode node;

  EncryptionControlTest(TestBed bed) {
    this.node = bed.node();
  }

  @Test
  void a_backup_holds_its_keys_until_it_is_released() {
    hold("weekly", "key-1", "0123abcd", "2031-01-31");
    hold("weekly", "key-2", "", "2031-01-31T12:00:00+01:00");
    hold("daily", "key-2", "0123abcd", "2030-01-01");
    hold("daily", "key-2", "0123abcd", "2032-02-29");

    assertThat(held())
        .containsExactlyInAnyOrder(
            "weekly dev key-1 0123abcd 2031-02-01T00:00:00Z",
            "weekly dev key-2  2031-01-31T11:00:00Z",
            "daily dev key-2 0123abcd 2032-03-01T00:00:00Z");
    assertThat(node.jmx().run(BEAN, "releaseBackup", "weekly")).isEqualTo(true);
    assertThat(node.jmx().run(BEAN, "releaseBackup", "weekly")).isEqualTo(false);
    assertThat(held()).containsExactly("daily dev key-2 0123abcd 2032-03-01T00:00:00Z");
    assertThat(node.jmx().run(BEAN, "releaseBackup", "daily")).isEqualTo(true);
    assertThat(held()).isEmpty();
  }

  @Test
  void the_keyspace_is_an_ordinary_one_with_as_many_replicas_as_there_are_nodes() {
    hold("once", "key-1", "", "2031-01-31");
    var unused = node.jmx().run(BEAN, "releaseBackup", "once");

    Row keyspace =
        node.execute(
                "SELECT replication FROM system_schema.keyspaces"
                    + " WHERE keyspace_name = 'encryption_control'")
            .one();
    assertThat(Objects.requireNonNull(keyspace).getMap(0, String.class, String.class))
        .containsEntry("class", "org.apache.cassandra.locator.NetworkTopologyStrategy")
        .containsEntry("datacenter1", "1");
  }

  @Test
  void a_hold_that_says_nothing_is_refused() {
    assertThatThrownBy(() -> hold("b", "k", "", "next year")).hasStackTraceContaining("2027-01-31");
    assertThatThrownBy(() -> hold("b", "k", "0x12", "2031-01-31")).hasStackTraceContaining("eight");
    assertThatThrownBy(() -> hold(" ", "k", "", "2031-01-31")).hasStackTraceContaining("name");
  }

  private void hold(String name, String key, String check, String until) {
    var unused = node.jmx().run(BEAN, "holdBackup", name, "dev", key, check, until, "on tape");
  }

  private List<String> held() {
    CompositeData[] holds = (CompositeData[]) node.jmx().attribute(BEAN, "BackupHolds");
    return Arrays.stream(holds)
        .map(
            hold ->
                String.join(
                    " ",
                    List.of("name", "group", "keyId", "checkValue", "holdUntil").stream()
                        .map(each -> String.valueOf(hold.get(each)))
                        .toList()))
        .toList();
  }
}
