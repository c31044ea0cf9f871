package io.cassandratde.sstable.cassandra.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What of the keyspace needs no node. */
class ControlKeyspaceTest {

  @Test
  void at_most_three_replicas_and_no_more_than_there_are_nodes() {
    assertThat(ControlKeyspace.replicas(Map.of("dc1", 5, "dc2", 2, "gone", 0)))
        .isEqualTo(Map.of("dc1", 3, "dc2", 2));
  }

  @Test
  void nodes_that_create_a_table_at_the_same_time_give_it_the_same_id() {
    assertThat(ControlKeyspace.BACKUP_HOLDS.id())
        .as("never to change: nodes of two versions would have two tables")
        .hasToString("aeb4cef0-edf1-3b4c-9d1a-d22b91c77d65");
    assertThat(ControlKeyspace.TABLES)
        .extracting(ControlKeyspace.Table::id)
        .doesNotHaveDuplicates();
  }

  @Test
  void a_hold_lasts_to_the_end_of_its_day() {
    assertThat(BackupHolds.end("2028-02-29")).isEqualTo(Instant.parse("2028-03-01T00:00:00Z"));
    assertThat(BackupHolds.end("2028-02-29T12:00:00+02:00"))
        .isEqualTo(Instant.parse("2028-02-29T10:00:00Z"));
    assertThatThrownBy(() -> BackupHolds.end("29.2.2028")).hasMessageContaining("2027-01-31");
  }

  @Test
  void a_keyspace_that_the_cluster_has_outgrown_misses_replicas() {
    Map<String, Integer> wanted = Map.of("dc1", 3, "dc2", 2);
    assertThat(ControlKeyspace.missing(wanted, Map.of("dc1", "3", "dc2", "2"))).isEmpty();
    assertThat(ControlKeyspace.missing(wanted, Map.of("dc1", "1", "dc2", "5")))
        .isEqualTo(Map.of("dc1", 2));
    assertThat(ControlKeyspace.missing(wanted, Map.of("dc1", "3/1"))).isEqualTo(Map.of("dc2", 2));
    assertThat(ControlKeyspace.missing(wanted, Map.of("replication_factor", "1")))
        .isEqualTo(Map.of("dc1", 2, "dc2", 1));
  }
}
