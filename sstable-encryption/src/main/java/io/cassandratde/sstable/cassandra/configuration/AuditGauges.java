package io.cassandratde.sstable.cassandra.configuration;

import com.codahale.metrics.Gauge;
import io.cassandratde.keys.audit.NodeAudit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.cassandra.metrics.CassandraMetricsRegistry;
import org.apache.cassandra.metrics.CassandraMetricsRegistry.MetricName;
import org.apache.cassandra.metrics.DefaultNameFactory;

/** {@code TdeAudit}: how the node's audit log fares; among Cassandra's own metrics. */
final class AuditGauges implements AutoCloseable {

  static final String TYPE = "TdeAudit";

  private final List<MetricName> names = new ArrayList<>();

  AuditGauges(NodeAudit audit) {
    add("Failing", () -> audit.isFailing() ? 1 : 0);
    add("WriteFailures", audit::failures);
    add("WaitingRecords", audit::waiting);
    add("LostRecords", audit::lost);
  }

  private void add(String name, LongSupplier value) {
    MetricName metric = new DefaultNameFactory(TYPE).createMetricName(name);
    names.add(metric);
    // The registry would keep one that is there already, of a runtime that was not closed well.
    CassandraMetricsRegistry.Metrics.remove(metric);
    Gauge<Long> gauge = value::getAsLong;
    var unused = CassandraMetricsRegistry.Metrics.register(metric, gauge);
  }

  @Override
  public void close() {
    names.forEach(CassandraMetricsRegistry.Metrics::remove);
    names.clear();
  }
}
