package io.cassandratde.sstable.cassandra.configuration;

import com.codahale.metrics.Gauge;
import io.cassandratde.keys.runtime.TdeRuntime;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.cassandra.metrics.CassandraMetricsRegistry;
import org.apache.cassandra.metrics.CassandraMetricsRegistry.MetricName;
import org.apache.cassandra.metrics.DefaultNameFactory;

/**
 * {@code TdeTls}: days until the first certificate ends, for each group and store; among
 * Cassandra's own metrics.
 */
final class CertificateGauges implements AutoCloseable {

  static final String TYPE = "TdeTls";
  static final String NAME = "CertificateDaysLeft";

  private final TdeRuntime runtime;
  private final InstantSource clock;
  private final Map<String, MetricName> shown = new HashMap<>();

  CertificateGauges(TdeRuntime runtime, InstantSource clock) {
    this.runtime = runtime;
    this.clock = clock;
  }

  /** One for each group and store that there is now. */
  synchronized void update(Collection<StoredCertificate> certificates) {
    Set<String> there = new TreeSet<>();
    certificates.forEach(certificate -> there.add(scope(certificate)));
    for (String scope : Set.copyOf(shown.keySet())) {
      if (!there.contains(scope)) {
        remove(scope);
      }
    }
    there.stream().filter(scope -> !shown.containsKey(scope)).forEach(this::add);
  }

  private void add(String scope) {
    MetricName name = new DefaultNameFactory(TYPE, scope).createMetricName(NAME);
    shown.put(scope, name);
    // The registry would keep one that is there already, of a runtime that was not closed well.
    CassandraMetricsRegistry.Metrics.remove(name);
    Gauge<Long> days = () -> daysLeft(scope);
    var unused = CassandraMetricsRegistry.Metrics.register(name, days);
  }

  private void remove(String scope) {
    MetricName name = shown.remove(scope);
    if (name != null) {
      CassandraMetricsRegistry.Metrics.remove(name);
    }
  }

  private long daysLeft(String scope) {
    return StoredCertificate.all(runtime).stream()
        .filter(certificate -> scope(certificate).equals(scope))
        .mapToLong(certificate -> certificate.daysLeft(clock.instant()))
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /** In characters that need no quotes in an object name: {@code prod.keystore}. */
  static String scope(StoredCertificate certificate) {
    return certificate.group().replaceAll("[^A-Za-z0-9_-]", "_") + '.' + certificate.held().store();
  }

  @Override
  public synchronized void close() {
    Set.copyOf(shown.keySet()).forEach(this::remove);
  }
}
