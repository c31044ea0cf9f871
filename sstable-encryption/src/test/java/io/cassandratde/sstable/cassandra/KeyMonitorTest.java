package io.cassandratde.sstable.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistryListener;
import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.cache.KeyCache;
import io.cassandratde.keys.cache.Patience;
import io.cassandratde.sstable.format.TestKeys;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import org.apache.cassandra.metrics.CassandraMetricsRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What operators and exporters see, read as they read it: from the platform's MBean server. */
class KeyMonitorTest {

  private static final KeySpec SPEC = KeySpec.kmip(TestRuntime.GROUP, "ns", CipherSpec.AES_256);
  private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

  /** After a failed look the cache would look again by itself, half a second later. */
  private final TestRuntime runtime = TestRuntime.withoutTimer(TestKeys.sunJce());

  @AfterEach
  void close() {
    runtime.close();
  }

  private static ObjectName bean() throws Exception {
    return new ObjectName("io.cassandratde:type=Keys");
  }

  private static CompositeData[] keys() throws Exception {
    return (CompositeData[]) SERVER.getAttribute(bean(), "Keys");
  }

  private static CompositeData onlyKey() throws Exception {
    CompositeData[] keys = keys();
    assertThat(keys).hasSize(1);
    return keys[0];
  }

  private static CompositeData refresh() throws Exception {
    CompositeData[] after =
        (CompositeData[]) SERVER.invoke(bean(), "refreshKeys", new Object[0], new String[0]);
    assertThat(after).hasSize(1);
    return after[0];
  }

  private static ObjectName gauge(String name) throws Exception {
    return new ObjectName(
        "org.apache.cassandra.metrics:type=TdeKeys,scope=kmip.kmip_group.ns.AES_256,name=" + name);
  }

  private static long value(String name) throws Exception {
    return (long) SERVER.getAttribute(gauge(name), "Value");
  }

  private static List<String> metrics() {
    return CassandraMetricsRegistry.Metrics.getNames().stream()
        .filter(name -> name.contains(".TdeKeys."))
        .toList();
  }

  @Test
  void the_bean_comes_with_the_codec_and_shows_each_spec_that_seals() throws Exception {
    CodecRuntime.get();
    assertThat(keys()).isEmpty();
    DataKey key = runtime.cache().sealingKey(SPEC, Patience.FAIL);
    CompositeData status = onlyKey();
    assertThat(status.get("provider")).isEqualTo("kmip");
    assertThat(status.get("group")).isEqualTo(TestRuntime.GROUP);
    assertThat(status.get("namespace")).isEqualTo("ns");
    assertThat(status.get("cipher")).isEqualTo("AES:256");
    assertThat(status.get("currentKeyId")).isEqualTo(key.reference().keyId());
    assertThat(status.get("sealing")).isEqualTo(true);
    assertThat(status.get("stale")).isEqualTo(false);
    assertThat((long) status.get("ageSeconds")).isBetween(0L, 60L);
    assertThat(status.get("failuresInARow")).isEqualTo(0);
    assertThat(status.get("lastFailure")).isNull();
    assertThat(SERVER.getAttribute(bean(), "OpeningKeys")).isEqualTo(1);
    assertThat(SERVER.getAttribute(bean(), "LocalCacheKeys")).isEqualTo(0);
    assertThat(SERVER.getAttribute(bean(), "LocalCacheUses")).isEqualTo(0L);
  }

  @Test
  void a_refresh_on_demand_looks_at_once_and_tells_how_it_went() throws Exception {
    CodecRuntime.get();
    var unused = runtime.cache().sealingKey(SPEC, Patience.FAIL);
    int looks = runtime.elections.get();
    runtime.down = true;
    CompositeData failed = refresh();
    assertThat(failed.get("failuresInARow")).isEqualTo(1);
    assertThat(failed.get("lastFailure")).asString().contains("connection refused");
    assertThat(failed.get("sealing")).as("under the last key").isEqualTo(true);
    CompositeData[] hosts = (CompositeData[]) SERVER.getAttribute(bean(), "Hosts");
    assertThat(hosts).hasSize(1);
    assertThat(hosts[0].get("host")).isEqualTo("kmip1.example.com:5696");
    assertThat(hosts[0].get("lastError")).isEqualTo("refused");
    runtime.down = false;
    CompositeData recovered = refresh();
    assertThat(recovered.get("failuresInARow")).isEqualTo(0);
    assertThat(recovered.get("refreshFailures")).isEqualTo(1L);
    assertThat(recovered.get("lastFailure")).isNull();
    assertThat(runtime.elections.get()).isEqualTo(looks + 2);
  }

  @Test
  void a_refresh_on_demand_is_not_waited_for_without_end() {
    KeyCache silent = KeyCache.builder(runtime).workers(task -> {}).build();
    silent.track(SPEC);
    try (KeyMonitor monitor = KeyMonitor.open(silent, false, Duration.ofMillis(20))) {
      assertThatThrownBy(monitor::refreshKeys)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("not answered");
    }
  }

  @Test
  void gauges_stand_among_cassandras_metrics_until_the_codec_closes() throws Exception {
    try (KeyMonitor monitor = KeyMonitor.open(runtime.cache(), true)) {
      assertThat(metrics()).hasSize(5);
      var unused = runtime.cache().sealingKey(SPEC, Patience.FAIL);
      monitor.update();
      monitor.update();
      assertThat(metrics()).hasSize(10);
      for (String name : MonitoringFiles.names("TdeKeys")) {
        assertThat(metrics()).anyMatch(metric -> metric.contains(".TdeKeys." + name));
      }
      assertThat(value("CurrentKeyAgeSeconds")).isBetween(0L, 60L);
      assertThat(value("CurrentKeyIsStale")).isZero();
      assertThat(value("CurrentKeyIsSealing")).isOne();
      runtime.down = true;
      var failed = monitor.refreshKeys();
      assertThat(failed).hasSize(1);
      assertThat(value("RefreshFailures")).isOne();
      assertThat(value("RefreshFailuresInARow")).isOne();
    }
    assertThat(metrics()).isEmpty();
    assertThat(SERVER.isRegistered(gauge("RefreshFailures"))).isFalse();
    assertThat(SERVER.isRegistered(bean())).isFalse();
  }

  @Test
  void without_a_daemon_the_metrics_registry_is_left_alone() throws Exception {
    try (KeyMonitor monitor = KeyMonitor.open(runtime.cache(), false)) {
      monitor.update();
      assertThat(SERVER.isRegistered(bean())).isTrue();
      assertThat(metrics()).isEmpty();
    }
  }

  private void seal(KeySpec spec) {
    var unused = runtime.cache().sealingKey(spec, Patience.FAIL);
  }

  @Test
  void what_cannot_be_registered_stops_nothing() {
    MetricRegistryListener full =
        new MetricRegistryListener.Base() {
          @Override
          public void onGaugeAdded(String name, Gauge<?> gauge) {
            if (name.contains("TdeKeys")) { // those that are there already are told too
              throw new IllegalStateException("no room for " + name);
            }
          }
        };
    CassandraMetricsRegistry.Metrics.addListener(full);
    seal(SPEC);
    try (KeyMonitor monitor = KeyMonitor.open(runtime.cache(), true)) {
      assertThat(monitor.getKeys()).hasSize(1);
      monitor.update();
    } finally {
      CassandraMetricsRegistry.Metrics.removeListener(full);
    }
    assertThat(metrics()).isEmpty();
  }

  @Test
  void gauges_of_a_spec_go_with_it() throws Exception {
    try (KeyMonitor monitor = KeyMonitor.open(runtime.cache(), true)) {
      seal(SPEC);
      monitor.update();
      assertThat(metrics()).hasSize(10);
      runtime.cache().rest(SPEC);
      monitor.update();
      assertThat(metrics()).hasSize(5);
      assertThat(SERVER.isRegistered(gauge("RefreshFailures"))).isFalse();
      seal(SPEC);
      monitor.update();
      assertThat(metrics()).hasSize(10);
      assertThat(value("CurrentKeyIsSealing")).isOne();
    }
  }

  /** Cassandra refuses a scope that holds the metric's name. */
  @Test
  void a_namespace_that_holds_a_gauges_name_has_gauges_and_stops_no_others() throws Exception {
    KeySpec hostile =
        KeySpec.kmip(TestRuntime.GROUP, "myRefreshFailuresInARow", CipherSpec.AES_256);
    seal(hostile);
    seal(SPEC);
    try (KeyMonitor monitor = KeyMonitor.open(runtime.cache(), true)) {
      assertThat(monitor.getKeys()).hasSize(2);
      assertThat(metrics()).hasSize(5 + 2 * 5);
      assertThat(
              SERVER.getAttribute(
                  new ObjectName(
                      "org.apache.cassandra.metrics:type=TdeKeys,scope=kmip.kmip_group.my%0052efreshFailuresInARow.AES_256,name=RefreshFailures"),
                  "Value"))
          .isEqualTo(0L);
    }
    assertThat(metrics()).isEmpty();
  }

  @Test
  void scopes_need_no_quotes_and_tell_specs_apart() {
    CipherSpec aes = CipherSpec.AES_256;
    assertThat(
            List.of(
                KeyGauges.scope(KeySpec.kmip("a.b", null, aes)),
                KeyGauges.scope(KeySpec.kmip("a", "b", aes)),
                KeyGauges.scope(KeySpec.kmip("a", null, aes)),
                KeyGauges.scope(KeySpec.kmip("a", "AES_256", aes)),
                KeyGauges.scope(KeySpec.kmip("a", "x:y", aes)),
                KeyGauges.scope(KeySpec.kmip("a", "x=y", aes)),
                KeyGauges.scope(KeySpec.kmip("a", "x_y", aes)),
                // These two have one hash code, as strings and as specs.
                KeyGauges.scope(KeySpec.kmip("a", "!@", aes)),
                KeyGauges.scope(KeySpec.kmip("a", "\"!", aes)),
                KeyGauges.scope(KeySpec.kmip("a", "%0021", aes)),
                KeyGauges.scope(KeySpec.kmip("a", "!", aes)),
                KeyGauges.scope(withTemplate("a", null, "b")),
                KeyGauges.scope(withTemplate("a", "b", "c")),
                KeyGauges.scope(withTemplate("a", "b.c", "d")),
                KeyGauges.scope(KeySpec.local("system_key", aes)),
                KeyGauges.scope(KeySpec.local("/etc/keys/system_key", aes))))
        .doesNotHaveDuplicates()
        .allMatch(scope -> scope.matches("[A-Za-z0-9._%-]+"))
        .contains("kmip.a.b.AES_256", "kmip.a.AES_256", "local.local.system_key.AES_256");
  }

  private static KeySpec withTemplate(String group, @Nullable String namespace, String template) {
    return new KeySpec(ProviderKind.KMIP, group, namespace, CipherSpec.AES_256, template, null);
  }
}
