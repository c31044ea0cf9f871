package io.cassandratde.keys.runtime;

import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.cache.KeyCache;
import io.cassandratde.keys.config.TdeConfig;
import java.security.Provider;
import org.jspecify.annotations.Nullable;

/**
 * What a node needs for sealing and opening, opened on first use and shared by the whole process.
 */
public final class TdeRuntime implements AutoCloseable {

  private static volatile @Nullable TdeRuntime installed;
  private static volatile @Nullable String failure;

  private final TdeConfig config;
  private final KeyCache keys;
  private final Provider cryptoProvider;

  public TdeRuntime(TdeConfig config, KeyCache keys, Provider cryptoProvider) {
    this.config = config;
    this.keys = keys;
    this.cryptoProvider = cryptoProvider;
  }

  /**
   * The runtime of this process; the first call reads the configuration.
   *
   * @throws KeyConfigException when the configuration is wrong or absent; remembered, so that it is
   *     read once
   */
  public static TdeRuntime get() {
    TdeRuntime there = installed;
    return there != null ? there : openOnce();
  }

  private static synchronized TdeRuntime openOnce() {
    TdeRuntime there = installed;
    if (there != null) {
      return there;
    }
    String known = failure;
    if (known != null) {
      throw new KeyConfigException(known);
    }
    throw new KeyConfigException("not yet");
  }

  /**
   * Replaces the runtime, for tests and tools; null lets the next {@link #get} open one. The caller
   * closes the old one.
   */
  public static synchronized @Nullable TdeRuntime install(@Nullable TdeRuntime runtime) {
    TdeRuntime before = installed;
    installed = runtime;
    failure = null;
    return before;
  }

  public TdeConfig config() {
    return config;
  }

  public KeyCache keys() {
    return keys;
  }

  public Provider cryptoProvider() {
    return cryptoProvider;
  }

  public Hkdf hkdf() {
    return new Hkdf(cryptoProvider);
  }

  @Override
  public void close() {
    keys.close();
  }
}
