package io.cassandratde.sstable.cassandra.hierarchy;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.rotation.Sealed;
import io.cassandratde.sstable.cassandra.inventory.KeyInventory.KeyedSSTable;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.cassandra.metrics.CassandraMetricsRegistry;
import org.apache.cassandra.metrics.DefaultNameFactory;
import org.junit.jupiter.api.Test;

/** What limits of a rotation are measured by, and what monitoring sees of one that is overdue. */
class HierarchyWatchTest {

  private static final KeyReference BEFORE = new KeyReference(1, "before", 1);
  private static final KeyReference NOW = new KeyReference(1, "now", 2);

  private static KeyedSSTable sstable(long bytes, KeyReference... keys) {
    return new KeyedSSTable(
        "ks",
        "t",
        "/data/da-1-ebti-Data.db",
        bytes,
        Arrays.stream(keys).collect(Collectors.toMap(key -> key, key -> "dev")));
  }

  /** Else a limit that the line has reached once would replace every key of it at once. */
  @Test
  void what_other_keys_sealed_counts_for_no_limit() {
    List<KeyedSSTable> live =
        List.of(sstable(1 << 20, BEFORE), sstable(32 * 1024, NOW), sstable(16 * 1024, NOW, BEFORE));
    assertThat(HierarchyWatch.sealed(live, NOW)).isEqualTo(new Sealed(48 * 1024, 3));
    assertThat(HierarchyWatch.sealed(live, BEFORE).bytes()).isEqualTo((1 << 20) + 16 * 1024);
    assertThat(HierarchyWatch.sealed(live, new KeyReference(2, "now", 2)))
        .isEqualTo(Sealed.NOTHING);
  }

  @Test
  void the_gauges_tell_what_is_overdue_and_what_is_missing() {
    try (HierarchyGauges gauges =
        new HierarchyGauges(() -> HierarchyView.NONE, () -> 3, () -> 5, () -> 7)) {
      gauges.register();
      assertThat(gauge("RotationOverdue")).isEqualTo(3L);
      assertThat(gauge("MissingReplicas")).isEqualTo(5L);
      assertThat(gauge("MissingMasterKeys")).isEqualTo(7L);
    }
  }

  private static Object gauge(String name) {
    String full =
        new DefaultNameFactory(HierarchyGauges.TYPE).createMetricName(name).getMetricName();
    return Objects.requireNonNull(CassandraMetricsRegistry.Metrics.getGauges().get(full), full)
        .getValue();
  }
}
