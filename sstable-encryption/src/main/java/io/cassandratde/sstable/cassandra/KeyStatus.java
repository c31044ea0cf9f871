package io.cassandratde.sstable.cassandra;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.cache.KeyStats;
import org.jspecify.annotations.Nullable;

/**
 * The current key of one key spec, as {@link KeysMXBean} shows it. A class with getters, because
 * MXBeans of Java 17 take no records.
 */
public final class KeyStatus {

  private final KeyStats.Current stats;

  KeyStatus(KeyStats.Current stats) {
    this.stats = stats;
  }

  /**
   * {@code kmip}, {@code local}, {@code replicated} or {@code pkcs11}: with the group it names
   * whose keys.
   */
  public String getProvider() {
    return stats.spec().provider().text();
  }

  public String getGroup() {
    return stats.spec().group();
  }

  /** Null: none. */
  public @Nullable String getNamespace() {
    return stats.spec().namespace();
  }

  /** Null: of no key file. */
  public @Nullable String getKeyFile() {
    return stats.spec().keyFile();
  }

  public String getCipher() {
    return stats.spec().cipher().toString();
  }

  /** The key that seals now, or the last one that did; null before the first. */
  public @Nullable String getCurrentKeyId() {
    KeyReference key = stats.key();
    return key == null ? null : key.keyId();
  }

  /** False: flushes wait for a key. */
  public boolean isSealing() {
    return stats.sealing();
  }

  /** Since the start of the last look at a server that succeeded; before it, since first use. */
  public long getAgeSeconds() {
    return stats.age().toSeconds();
  }

  /** Older than key_cache_max_stale. */
  public boolean isStale() {
    return stats.stale();
  }

  public long getRefreshes() {
    return stats.refreshes();
  }

  public long getRefreshFailures() {
    return stats.failures();
  }

  public int getFailuresInARow() {
    return stats.failuresInARow();
  }

  /** Null after a success. */
  public @Nullable String getLastFailure() {
    return stats.lastFailure();
  }
}
