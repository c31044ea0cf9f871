package io.cassandratde.sstable.cassandra;

import com.codahale.metrics.Gauge;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.cache.KeyCache;
import io.cassandratde.keys.cache.KeyStats;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
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

  private static final Map<String, ToLongFunction<KeyStats.Current>> PER_SPEC =
      Map.of(
          "CurrentKeyAgeSeconds", now -> now.age().toSeconds(),
          "CurrentKeyIsStale", now -> now.stale() ? 1 : 0,
          "CurrentKeyIsSealing", now -> now.sealing() ? 1 : 0,
          "RefreshFailures", KeyStats.Current::failures,
          "RefreshFailuresInARow", KeyStats.Current::failuresInARow);

  private final KeyCache keys;
  private final Set<MetricName> common = new HashSet<>();
  private final Map<KeySpec, Set<MetricName>> perSpec = new HashMap<>();

  KeyGauges(KeyCache keys) {
    this.keys = keys;
  }

  /** Adds what is not there yet, and removes the gauges of specs that are gone. */
  synchronized void update() {
    if (common.isEmpty()) {
      add(common, "OpeningKeys", null, () -> (long) keys.stats().openingKeys());
      add(common, "Fetches", null, () -> keys.stats().openingFetches());
      add(common, "FetchFailures", null, () -> keys.stats().openingFailures());
      add(common, "SecondsSinceGoodRefresh", null, this::secondsSinceGoodRefresh);
      add(common, "LocalCacheUses", null, () -> keys.keptKeys().taken());
    }
    Set<KeySpec> present =
        keys.stats().current().stream().map(KeyStats.Current::spec).collect(Collectors.toSet());
    perSpec.forEach((spec, names) -> removeUnless(present.contains(spec), names));
    perSpec.keySet().retainAll(present);
    for (KeySpec spec : present) {
      if (!perSpec.containsKey(spec)) {
        Set<MetricName> names = new HashSet<>();
        perSpec.put(spec, names);
        PER_SPEC.forEach((name, value) -> add(names, name, scope(spec), gauge(spec, value)));
      }
    }
  }

  /** Of the spec that has waited longest for one; 0 before the first is used. */
  private long secondsSinceGoodRefresh() {
    return keys.stats().current().stream().mapToLong(now -> now.age().toSeconds()).max().orElse(0);
  }

  private static void removeUnless(boolean present, Set<MetricName> names) {
    if (!present) {
      names.forEach(CassandraMetricsRegistry.Metrics::remove);
    }
  }

  private Gauge<Long> gauge(KeySpec spec, ToLongFunction<KeyStats.Current> value) {
    return () -> {
      KeyStats.Current now = keys.stats(spec);
      return now == null ? UNKNOWN : value.applyAsLong(now);
    };
  }

  private static void add(
      Set<MetricName> names, String name, @Nullable String scope, Gauge<Long> gauge) {
    MetricName metric = name(name, scope);
    names.add(metric);
    // The registry would keep one that is there already, of a cache that was not closed well.
    CassandraMetricsRegistry.Metrics.remove(metric);
    var unused = CassandraMetricsRegistry.Metrics.register(metric, gauge);
  }

  static MetricName name(String name, @Nullable String scope) {
    // The factory, because MetricName's own object names have their domain in quotes.
    return new DefaultNameFactory(TYPE, scope).createMetricName(name);
  }

  /**
   * The spec in characters that need no quotes in an object name, each spec another text: {@code
   * kmip.prod.cycling.AES_256}, and {@code kmip.prod..template.AES_256} with a template and no
   * namespace.
   */
  static String scope(KeySpec spec) {
    String namespace = spec.namespace();
    String template = spec.template();
    return Stream.of(
            spec.provider().text(),
            spec.group(),
            // No namespace is empty, so an empty one holds the place of none.
            namespace == null && template != null ? "" : namespace,
            template,
            spec.keyFile(),
            spec.cipher().algorithm() + "_" + spec.cipher().bits())
        .filter(Objects::nonNull)
        .map(KeyGauges::escaped)
        .collect(Collectors.joining("."));
  }

  /**
   * All but letters, digits, {@code _} and {@code -} becomes {@code %} and its code. So does the
   * first letter of a gauge's name: Cassandra refuses a scope that holds the name of its metric.
   */
  private static String escaped(String part) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      int at = i;
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '_'
              || c == '-';
      if (plain && PER_SPEC.keySet().stream().noneMatch(name -> part.startsWith(name, at))) {
        text.append(c);
      } else {
        text.append("%%%04x".formatted((int) c));
      }
    }
    return text.toString();
  }

  @Override
  public synchronized void close() {
    common.forEach(CassandraMetricsRegistry.Metrics::remove);
    common.clear();
    perSpec.values().forEach(names -> removeUnless(false, names));
    perSpec.clear();
  }
}
