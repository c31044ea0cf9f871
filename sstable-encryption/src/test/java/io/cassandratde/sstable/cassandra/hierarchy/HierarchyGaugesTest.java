package io.cassandratde.sstable.cassandra.hierarchy;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.Gauge;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.cassandra.metrics.CassandraMetricsRegistry;
import org.apache.cassandra.metrics.DefaultNameFactory;
import org.junit.jupiter.api.Test;

/** Each number under the name that alarms know it by, as it is now, and gone with its node. */
class HierarchyGaugesTest {

  private static Object value(String name) {
    String metric =
        new DefaultNameFactory(HierarchyGauges.TYPE).createMetricName(name).getMetricName();
    Gauge<?> gauge = CassandraMetricsRegistry.Metrics.getGauges().get(metric);
    return gauge == null ? "none" : gauge.getValue();
  }

  @Test
  void what_needs_somebody_is_told_by_its_own_gauge() {
    AtomicLong lacking = new AtomicLong(4);
    try (HierarchyGauges gauges =
        new HierarchyGauges(() -> HierarchyView.NONE, () -> 2, () -> 3, lacking::get)) {
      gauges.register();
      assertThat(value("RotationOverdue")).isEqualTo(2L);
      assertThat(value("MissingReplicas")).isEqualTo(3L);
      assertThat(value("MissingMasterKeys")).isEqualTo(4L);
      lacking.set(0);
      assertThat(value("MissingMasterKeys")).isEqualTo(0L);
      assertThat(value("ActiveDataKeys")).isEqualTo(0L);
    }
    assertThat(value("MissingMasterKeys")).isEqualTo("none");
  }
}
