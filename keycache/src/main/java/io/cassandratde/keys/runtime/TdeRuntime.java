package io.cassandratde.keys.runtime;

import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.cache.CacheSettings;
import io.cassandratde.keys.cache.KeyCache;
import io.cassandratde.keys.config.ConfigException;
import io.cassandratde.keys.config.ConfigLocator;
import io.cassandratde.keys.config.KmipGroupConfig;
import io.cassandratde.keys.config.LocalCacheConfig;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.crypto.CryptoProviders;
import io.cassandratde.keys.kmip.KmipKeyProvider;
import io.cassandratde.keys.local.LocalKeyProvider;
import io.cassandratde.keys.localcache.CachedKeyProvider;
import java.security.Provider;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node needs for sealing and opening, opened on first use and shared by the whole process.
 *
 * <p>Opening it reads the file and the stores, not the network: a key server that is down stops no
 * start.
 */
public final class TdeRuntime implements AutoCloseable {

  private static final Logger logger = LoggerFactory.getLogger(TdeRuntime.class);

  private static volatile @Nullable TdeRuntime installed;

  /**
   * Of a configuration that was refused; its text, for an exception is made anew for every caller.
   */
  private static volatile @Nullable String failure;

  private final TdeConfig config;
  private final KeyCache keys;
  private final Provider cryptoProvider;
  private final @Nullable CachedKeyProvider kmip;

  public TdeRuntime(TdeConfig config, KeyCache keys, Provider cryptoProvider) {
    this(config, keys, cryptoProvider, null);
  }

  private TdeRuntime(
      TdeConfig config, KeyCache keys, Provider cryptoProvider, @Nullable CachedKeyProvider kmip) {
    this.config = config;
    this.keys = keys;
    this.cryptoProvider = cryptoProvider;
    this.kmip = kmip;
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
    try {
      TdeRuntime opened = open(TdeConfig.load(ConfigLocator.forNode()));
      installed = opened;
      return opened;
    } catch (ConfigException | KeyException e) {
      String text = String.valueOf(e.getMessage());
      failure = text;
      throw new KeyConfigException(text);
    }
  }

  /** A runtime of its own for a configuration: what {@link #get} does, without installing it. */
  public static TdeRuntime open(TdeConfig config) {
    config.warnings().forEach(logger::warn);
    Provider provider = CryptoProviders.choose(config.cryptoProvider());
    Hkdf hkdf = new Hkdf(provider);
    LocalKeyProvider local = new LocalKeyProvider(config.systemKeyDirectory(), hkdf);
    KeySpec defaultKey = config.policy().defaultKey();
    if (defaultKey != null && defaultKey.provider() == ProviderKind.LOCAL) {
      local.check(defaultKey);
    }
    InstantSource clock = InstantSource.system();
    CachedKeyProvider kmip =
        new CachedKeyProvider(KmipKeyProvider.open(config.kmipGroups(), hkdf), clock);
    RoutingKeyProvider routing;
    try {
      routing =
          new RoutingKeyProvider(kmip, local, config.kmipGroups().keySet(), config.groupAliases());
    } catch (KeyConfigException e) {
      kmip.close();
      throw e;
    }
    KeyCache.Builder keys =
        KeyCache.builder(routing).clock(clock).settings(spec -> settings(config, spec));
    if (config.localKeyCache() != null) {
      keys.upkeep(shortestKeyCache(config));
    }
    return new TdeRuntime(config, keys.build(), provider, kmip);
  }

  private static Duration shortestKeyCache(TdeConfig config) {
    return config.kmipGroups().values().stream()
        .map(KmipGroupConfig::keyCache)
        .min(Comparator.naturalOrder())
        .orElse(CacheSettings.DEFAULTS.refresh());
  }

  /**
   * Begins to use {@code local_key_cache}, if there is one. For a node that starts, before it asks
   * for its first key; offline tools and commands do without.
   *
   * @param cluster the node's
   * @throws ConfigException naming line and remedy
   */
  public void openLocalKeyCache(String cluster) {
    LocalCacheConfig local = config.localKeyCache();
    if (local != null && kmip != null) {
      kmip.open(local, cluster, hkdf(), cryptoProvider);
    }
  }

  private static CacheSettings settings(TdeConfig config, KeySpec spec) {
    KmipGroupConfig group = config.kmipGroups().get(spec.group());
    CacheSettings settings =
        CacheSettings.DEFAULTS
            .withMaxStale(config.keyCacheMaxStale(), config.refuseWhenStale())
            .withClientWait(config.clientKeyWait());
    return group == null ? settings : settings.withRefresh(group.keyCache());
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
