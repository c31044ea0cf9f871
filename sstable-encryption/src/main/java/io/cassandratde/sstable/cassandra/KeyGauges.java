package io.cassandratde.sstable.cassandra;

import com.codahale.metrics.Gauge;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.cache.KeyCache;
import io.cassandratde.keys.cache.KeyStats;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.cassandra.metrics.CassandraMetricsRegistry;
import org.apache.cassandra.metrics.CassandraMetricsRegistry.MetricName;
import org.apache.cassandra.metrics.DefaultNameFactory;
import org.jspecify.annotations.Nullable;

/**
 * Numbers about keys among Cassandra's own metrics, under Cassandra's domain and with type {@code
 * TdeKeys}: so exporters that read Cassandra's metrics find them without being told.
 */
final class KeyGauges implements AutoCloseable {

  static final String TYPE = "TdeKeys";

  /** What a gauge of a key spec shows when the cache does not know the spec, or is closed. */
  static final long UNKNOWN = -1;

  private final KeyCache keys;
  private final Set<MetricName> registered = new HashSet<>();

  KeyGauges(KeyCache keys) {
    this.keys = keys;
  }

  /** Adds what is not there yet. */
  synchronized void update() {
    add("OpeningKeys", null, () -> (long) keys.stats().openingKeys());
    add("Fetches", null, () -> keys.stats().openingFetches());
    add("FetchFailures", null, () -> keys.stats().openingFailures());
    for (KeyStats.Current current : keys.stats().current()) {
      KeySpec spec = current.spec();
      String scope = scope(spec);
      add("CurrentKeyAgeSeconds", scope, gauge(spec, now -> now.age().toSeconds()));
      add("CurrentKeyIsStale", scope, gauge(spec, now -> now.stale() ? 1 : 0));
      add("CurrentKeyIsSealing", scope, gauge(spec, now -> now.sealing() ? 1 : 0));
      add("RefreshFailures", scope, gauge(spec, KeyStats.Current::failures));
      add("RefreshFailuresInARow", scope, gauge(spec, KeyStats.Current::failuresInARow));
    }
  }

  private Gauge<Long> gauge(KeySpec spec, ToLongFunction<KeyStats.Current> value) {
    return () -> {
      KeyStats.Current now = keys.stats(spec);
      return now == null ? UNKNOWN : value.applyAsLong(now);
    };
  }

  private void add(String name, @Nullable String scope, Gauge<Long> gauge) {
    MetricName metric = name(name, scope);
    if (registered.add(metric)) {
      // The registry would keep one that is there already, of a cache that was not closed well.
      CassandraMetricsRegistry.Metrics.remove(metric);
      var unused = CassandraMetricsRegistry.Metrics.register(metric, gauge);
    }
  }

  static MetricName name(String name, @Nullable String scope) {
    // The factory, because MetricName's own object names have their domain in quotes.
    return new DefaultNameFactory(TYPE, scope).createMetricName(name);
  }

  /**
   * The spec in characters that need no quotes in an object name, e.g. {@code
   * kmip.prod.cycling.AES_256}. Where that could stand for another spec too, a hash makes it
   * unique.
   */
  static String scope(KeySpec spec) {
    String text =
        Stream.of(
                spec.provider().text(),
                spec.group(),
                spec.namespace(),
                spec.keyFile(),
                spec.template(),
                spec.cipher().algorithm() + "_" + spec.cipher().bits())
            .filter(Objects::nonNull)
            .collect(Collectors.joining("."));
    String plain = text.replaceAll("[^A-Za-z0-9._-]", "_");
    boolean ambiguous =
        !plain.equals(text)
            || spec.template() != null
            || spec.group().contains(".")
            || (spec.namespace() != null && spec.namespace().contains("."));
    return ambiguous ? "%s.%08x".formatted(plain, spec.toString().hashCode()) : plain;
  }

  @Override
  public synchronized void close() {
    registered.forEach(CassandraMetricsRegistry.Metrics::remove);
    registered.clear();
  }
}
