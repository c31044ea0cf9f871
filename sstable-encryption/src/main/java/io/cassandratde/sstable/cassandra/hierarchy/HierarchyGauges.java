package io.cassandratde.sstable.cassandra.hierarchy;

import com.codahale.metrics.Gauge;
import io.cassandratde.keys.replicated.DataKeyState;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.apache.cassandra.metrics.CassandraMetricsRegistry;
import org.apache.cassandra.metrics.CassandraMetricsRegistry.MetricName;
import org.apache.cassandra.metrics.DefaultNameFactory;

/** Numbers about the hierarchy among Cassandra's own metrics, with type {@code TdeKeyHierarchy}. */
final class HierarchyGauges implements AutoCloseable {

  static final String TYPE = "TdeKeyHierarchy";

  private final Supplier<HierarchyView> view;
  private final LongSupplier overdue;
  private final LongSupplier missingReplicas;
  private final LongSupplier lacking;
  private final Set<MetricName> names = new HashSet<>();

  /**
   * @param overdue lines of keys whose next one should be there, or that a wrong clock made
   * @param missingReplicas of the keyspace
   * @param lacking active master keys that this node does not have
   */
  HierarchyGauges(
      Supplier<HierarchyView> view,
      LongSupplier overdue,
      LongSupplier missingReplicas,
      LongSupplier lacking) {
    this.lacking = lacking;
    this.missingReplicas = missingReplicas;
    this.view = view;
    this.overdue = overdue;
  }

  synchronized void register() {
    for (DataKeyState state : DataKeyState.values()) {
      String name = state.name().charAt(0) + state.name().substring(1).toLowerCase(Locale.ROOT);
      add(name + "DataKeys", now -> now.count(state));
    }
    add("DataKeysUnderOtherMasterKeys", HierarchyView::underOtherMasters);
    add("OpenMasterKeyProposals", HierarchyView::openProposals);
    add("RotationOverdue", now -> overdue.getAsLong());
    add("MissingReplicas", now -> missingReplicas.getAsLong());
    add("MissingMasterKeys", now -> lacking.getAsLong());
  }

  private void add(String name, ToLongFunction<HierarchyView> value) {
    MetricName metric = new DefaultNameFactory(TYPE).createMetricName(name);
    names.add(metric);
    CassandraMetricsRegistry.Metrics.remove(metric);
    Gauge<Long> gauge = () -> value.applyAsLong(view.get());
    var unused = CassandraMetricsRegistry.Metrics.register(metric, gauge);
  }

  @Override
  public synchronized void close() {
    names.forEach(CassandraMetricsRegistry.Metrics::remove);
    names.clear();
  }
}
