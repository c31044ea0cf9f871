package io.cassandratde.sstable.cassandra;

import io.cassandratde.keys.cache.KeyCache;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.cassandra.utils.MBeanWrapper;
import org.apache.cassandra.utils.MBeanWrapper.OnException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows a node's keys to its operators: {@link KeysMXBean} over JMX, {@link KeyGauges} among
 * Cassandra's metrics. Whatever fails here is logged; no table waits for monitoring.
 */
final class KeyMonitor implements KeysMXBean, AutoCloseable {

  private static final Logger logger = LoggerFactory.getLogger(KeyMonitor.class);
  private static final Duration LONGEST_REFRESH = Duration.ofMinutes(1);

  private final KeyCache keys;
  private final Duration longestRefresh;
  private final @Nullable KeyGauges gauges;

  private KeyMonitor(KeyCache keys, Duration longestRefresh, @Nullable KeyGauges gauges) {
    this.keys = keys;
    this.longestRefresh = longestRefresh;
    this.gauges = gauges;
  }

  /**
   * Registers the bean.
   *
   * @param metrics whether there is a daemon whose metrics registry is to be filled
   */
  static KeyMonitor open(KeyCache keys, boolean metrics) {
    return open(keys, metrics, LONGEST_REFRESH);
  }

  static KeyMonitor open(KeyCache keys, boolean metrics, Duration longestRefresh) {
    KeyMonitor monitor = new KeyMonitor(keys, longestRefresh, metrics ? new KeyGauges(keys) : null);
    guarded("registering", monitor::register);
    monitor.update();
    return monitor;
  }

  private void register() {
    unregister();
    MBeanWrapper.instance.registerMBean(this, NAME, OnException.LOG);
  }

  private static void unregister() {
    MBeanWrapper.instance.unregisterMBean(NAME, OnException.IGNORE);
  }

  /** Gauges for the key specs that came into use since the last call. */
  void update() {
    KeyGauges shown = gauges;
    if (shown != null) {
      guarded("updating", shown::update);
    }
  }

  private static void guarded(String what, Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | LinkageError e) {
      logger.warn("{} the monitoring of keys failed; encryption goes on without it", what, e);
    }
  }

  @Override
  public List<KeyStatus> getKeys() {
    return keys.stats().current().stream().map(KeyStatus::new).toList();
  }

  @Override
  public List<KeyHostStatus> getHosts() {
    return keys.hosts().stream().map(KeyHostStatus::new).toList();
  }

  @Override
  public int getOpeningKeys() {
    return keys.stats().openingKeys();
  }

  @Override
  public int getRememberedFailures() {
    return keys.stats().rememberedFailures();
  }

  @Override
  public long getFetches() {
    return keys.stats().openingFetches();
  }

  @Override
  public long getFetchFailures() {
    return keys.stats().openingFailures();
  }

  @Override
  public long getRefusedFromMemory() {
    return keys.stats().refusedFromMemory();
  }

  @Override
  public int getLocalCacheKeys() {
    return keys.keptKeys().onDisk();
  }

  @Override
  public long getLocalCacheUses() {
    return keys.keptKeys().taken();
  }

  @Override
  public List<KeyStatus> refreshKeys() {
    CompletableFuture<Void> looks = keys.refreshNow();
    try {
      looks.get(longestRefresh.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "the key servers have not answered within "
              + longestRefresh.toSeconds()
              + " s; the look goes on, its outcome will show in Keys");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the key servers");
    } catch (ExecutionException e) {
      throw new IllegalStateException("the refresh failed: " + e.getCause());
    }
    return getKeys();
  }

  @Override
  public void close() {
    guarded("ending", KeyMonitor::unregister);
    KeyGauges shown = gauges;
    if (shown != null) {
      guarded("ending", shown::close);
    }
  }
}
