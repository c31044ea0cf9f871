package io.cassandratde.sstable.cassandra.ebti;

import com.codahale.metrics.Gauge;
import io.cassandratde.sstable.format.page.PageCache;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.cassandra.metrics.CassandraMetricsRegistry;
import org.apache.cassandra.metrics.CassandraMetricsRegistry.MetricName;
import org.apache.cassandra.metrics.DefaultNameFactory;

/**
 * The memory of encrypted index files among Cassandra's own metrics, beside those of keys: type
 * {@code TdeIndexes}.
 */
final class IndexGauges {

  static final String TYPE = "TdeIndexes";

  private IndexGauges() {}

  /** In the place of those that were there. */
  static void register(PageCache cache, MappedMemory mapped) {
    Map<String, LongSupplier> values =
        Map.of(
            "CacheCapacityBytes", cache::capacity,
            "CacheUsedBytes", cache::used,
            "CacheHits", cache::hits,
            "CacheMisses", cache::misses,
            "CacheEvictions", cache::evictions,
            "MappedLimitBytes", mapped::limit,
            "MappedUsedBytes", mapped::used,
            "MappedRefusals", mapped::refusals);
    values.forEach(
        (name, value) -> {
          MetricName metric = new DefaultNameFactory(TYPE).createMetricName(name);
          CassandraMetricsRegistry.Metrics.remove(metric);
          Gauge<Long> gauge = value::getAsLong;
          var unused = CassandraMetricsRegistry.Metrics.register(metric, gauge);
        });
  }
}
