package io.cassandratde.sstable.cassandra.inventory;

import com.codahale.metrics.Gauge;
import io.cassandratde.keys.KeyProvider.HostStatus;
import io.cassandratde.keys.cache.KeyCache;
import io.cassandratde.sstable.format.SealCounts;
import io.cassandratde.sstable.inventory.KeyNeed;
import io.cassandratde.sstable.inventory.Place;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.apache.cassandra.metrics.CassandraMetricsRegistry;
import org.apache.cassandra.metrics.CassandraMetricsRegistry.MetricName;
import org.apache.cassandra.metrics.DefaultNameFactory;
import org.jspecify.annotations.Nullable;

/**
 * Numbers of the last reading, of the key servers and of what was sealed and opened, among
 * Cassandra's own metrics: types {@code TdeInventory}, {@code TdeKeyHosts} and {@code TdeChunks}.
 * None of them reads the disk.
 */
final class InventoryGauges implements AutoCloseable {

  static final String TYPE = "TdeInventory";
  static final String HOSTS = "TdeKeyHosts";
  static final String CHUNKS = "TdeChunks";

  /** Nothing was read yet, or the host has not answered yet. */
  static final long UNKNOWN = -1;

  private static final Map<String, ToLongFunction<ServerInventory.Reading>> OF_READING =
      Map.of(
          "AgeSeconds", reading -> reading.age().toSeconds(),
          "ReadMillis", reading -> reading.disk().took().toMillis(),
          "OpenItems", reading -> reading.disk().open().size(),
          "BytesUnderCurrentKeys", reading -> bytes(reading, true, true),
          "BytesUnderOtherKeys", reading -> bytes(reading, true, false),
          "CopiedBytesUnderOtherKeys", reading -> bytes(reading, false, false),
          "PlaintextBytes", InventoryGauges::plaintext);

  private static final Map<String, LongSupplier> OF_CHUNKS =
      Map.of(
          "Sealed", SealCounts::sealed,
          "Opened", SealCounts::opened,
          "AuthenticationFailures", SealCounts::notAuthentic);

  private static final Map<String, ToLongFunction<HostStatus>> OF_HOST =
      Map.of(
          "FailuresInARow", HostStatus::failuresInARow,
          "LatencyMicros", host -> micros(host.latency()),
          "SecondsSinceAnswer", host -> since(host.lastAnswer()));

  private final ServerInventory inventory;
  private final KeyCache keys;
  private final Set<MetricName> names = new HashSet<>();
  private final Map<String, Set<MetricName>> hosts = new HashMap<>();

  InventoryGauges(ServerInventory inventory) {
    this.inventory = inventory;
    this.keys = inventory.runtime().keys();
  }

  synchronized void register() {
    OF_READING.forEach(
        (name, value) ->
            add(
                new DefaultNameFactory(TYPE).createMetricName(name),
                () -> {
                  ServerInventory.Reading last = inventory.last();
                  return last == null ? UNKNOWN : value.applyAsLong(last);
                }));
    OF_CHUNKS.forEach(
        (name, value) ->
            add(new DefaultNameFactory(CHUNKS).createMetricName(name), value::getAsLong));
    updateHosts();
  }

  /** A reload of the configuration brings other hosts. */
  synchronized void updateHosts() {
    Map<String, HostStatus> there = new HashMap<>();
    keys.hosts().forEach(host -> there.put(scope(host), host));
    hosts.forEach(
        (scope, gauges) -> {
          if (!there.containsKey(scope)) {
            gauges.forEach(CassandraMetricsRegistry.Metrics::remove);
          }
        });
    hosts.keySet().retainAll(there.keySet());
    there.forEach((scope, host) -> hosts.computeIfAbsent(scope, added -> add(added, host)));
  }

  private Set<MetricName> add(String scope, HostStatus host) {
    Set<MetricName> added = new HashSet<>();
    OF_HOST.forEach(
        (name, value) -> {
          MetricName metric = new DefaultNameFactory(HOSTS, scope).createMetricName(name);
          add(metric, () -> of(host, value));
          added.add(metric);
        });
    return added;
  }

  /** In characters that need no quotes in an object name: {@code prod.kmip1_5696}. */
  static String scope(HostStatus host) {
    String plain = "[^A-Za-z0-9_-]";
    return host.group().replaceAll(plain, "_")
        + '.'
        + host.host().replaceAll("[^A-Za-z0-9._-]", "_");
  }

  private long of(HostStatus one, ToLongFunction<HostStatus> value) {
    for (HostStatus now : keys.hosts()) {
      if (now.group().equals(one.group()) && now.host().equals(one.host())) {
        return value.applyAsLong(now);
      }
    }
    return UNKNOWN;
  }

  private static long micros(@Nullable Duration latency) {
    return latency == null ? UNKNOWN : latency.toNanos() / 1000;
  }

  private static long since(@Nullable Instant answer) {
    return answer == null
        ? UNKNOWN
        : Math.max(0, Duration.between(answer, Instant.now()).toSeconds());
  }

  private static long bytes(ServerInventory.Reading reading, boolean live, boolean current) {
    return reading.uses().stream()
        .filter(use -> use.isCurrent() == current)
        .filter(
            use ->
                live
                    ? use.need().place() == Place.LIVE
                    : use.need().place() == Place.SNAPSHOT || use.need().place() == Place.BACKUP)
        .mapToLong(KeyUseStatus::getBytes)
        .sum();
  }

  private static long plaintext(ServerInventory.Reading reading) {
    return reading.disk().needs().stream()
        .filter(need -> need.key() == null && need.place() == Place.LIVE)
        .mapToLong(KeyNeed::bytes)
        .sum();
  }

  private void add(MetricName name, Gauge<Long> gauge) {
    names.add(name);
    // The registry would keep one that is there already, of a runtime that was not closed well.
    CassandraMetricsRegistry.Metrics.remove(name);
    var unused = CassandraMetricsRegistry.Metrics.register(name, gauge);
  }

  @Override
  public synchronized void close() {
    names.forEach(CassandraMetricsRegistry.Metrics::remove);
    names.clear();
    hosts.clear();
  }
}
