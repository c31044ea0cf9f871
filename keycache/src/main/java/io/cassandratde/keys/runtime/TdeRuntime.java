package io.cassandratde.keys.runtime;

import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyGroup;
import io.cassandratde.keys.KeyProvider;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.audit.NodeAudit;
import io.cassandratde.keys.cache.KeyCache;
import io.cassandratde.keys.cache.LoggedKeyEvents;
import io.cassandratde.keys.config.ConfigException;
import io.cassandratde.keys.config.ConfigLocator;
import io.cassandratde.keys.config.LocalCacheConfig;
import io.cassandratde.keys.config.Pkcs11Config;
import io.cassandratde.keys.config.ReplicatedKeysConfig;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.crypto.CryptoProviders;
import io.cassandratde.keys.files.PrivateDirectory;
import io.cassandratde.keys.kmip.KeyPublication;
import io.cassandratde.keys.kmip.KmipKeyProvider;
import io.cassandratde.keys.local.LocalKeyProvider;
import io.cassandratde.keys.localcache.CachedKeyProvider;
import io.cassandratde.keys.master.MasterKeyChain;
import io.cassandratde.keys.pkcs11.Pkcs11KeyProvider;
import io.cassandratde.keys.pkcs11.Pkcs11Tokens;
import io.cassandratde.keys.replicated.DataKeyRow;
import io.cassandratde.keys.replicated.DataKeys;
import io.cassandratde.keys.replicated.KeyLine;
import io.cassandratde.keys.replicated.KeyTable;
import io.cassandratde.keys.replicated.LocalCopies;
import io.cassandratde.keys.replicated.ReplicatedKeyProvider;
import io.cassandratde.keys.replicated.Rotation;
import io.cassandratde.keys.rotation.RotationPolicy;
import io.cassandratde.keys.rotation.Sealed;
import io.cassandratde.kmip.transport.TlsStores;
import java.security.Provider;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
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

  /** Of a configuration that was refused: text, for each caller gets an exception of his own. */
  private static volatile @Nullable String failure;

  private final Supplier<TdeConfig> config;
  private final KeyCache keys;
  private final Provider cryptoProvider;
  private final @Nullable Servers servers;

  /**
   * What a runtime that was opened from a file has besides: what can be exchanged below the cache.
   */
  private record Servers(
      KmipKeyProvider groups,
      CachedKeyProvider cached,
      @Nullable ReplicatedKeyProvider replicated,
      LiveConfiguration configuration,
      RoutingKeyProvider routing,
      MasterKeySources masters,
      NodeAudit audit,
      RecordedKeys recorded) {}

  /** Of a configuration that stays as it is. */
  public TdeRuntime(TdeConfig config, KeyCache keys, Provider cryptoProvider) {
    this.config = () -> config;
    this.keys = keys;
    this.cryptoProvider = cryptoProvider;
    this.servers = null;
  }

  private TdeRuntime(Servers servers, KeyCache keys, Provider cryptoProvider) {
    this.config = servers.configuration()::now;
    this.keys = keys;
    this.cryptoProvider = cryptoProvider;
    this.servers = servers;
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
    LiveConfiguration.InForce inForce = new LiveConfiguration.InForce(config);
    NodeAudit audit = new NodeAudit(() -> inForce.config.audit(), clock);
    RecordedKeys recorded = new RecordedKeys(new LoggedKeyEvents(), audit);
    KmipKeyProvider groups =
        KmipKeyProvider.open(
            config.kmipGroups(),
            hkdf,
            (group, request, key, failure) ->
                recorded.record(request, group, key, Map.of(), failure));
    CachedKeyProvider kmip = new CachedKeyProvider(groups, clock);
    Pkcs11Tokens tokens = MasterKeySources.tokens(config);
    Map<ProviderKind, KeyProvider> adapters =
        new EnumMap<>(
            Map.of(
                ProviderKind.KMIP, kmip,
                ProviderKind.LOCAL, local,
                ProviderKind.PKCS11, new Pkcs11KeyProvider(tokens)));
    // The keys of master keys come by the same ways; the configuration's places, by the sources.
    AtomicReference<@Nullable MasterKeySources> sources = new AtomicReference<>();
    ReplicatedKeyProvider replicated =
        config.replicatedKeys() == null
            ? null
            : new ReplicatedKeyProvider(
                name -> Objects.requireNonNull(sources.get()).named(name), clock, hkdf);
    if (replicated != null) {
      adapters.put(ProviderKind.REPLICATED, replicated);
    }
    RoutingKeyProvider routing;
    try {
      routing = new RoutingKeyProvider(adapters, RoutingKeyProvider.routes(config), recorded);
    } catch (KeyConfigException e) {
      kmip.close();
      throw e;
    }
    MasterKeySources masters = new MasterKeySources(config, routing, groups, tokens, provider);
    sources.set(masters);
    LiveConfiguration live = new LiveConfiguration(inForce, groups, routing, masters);
    recorded.of(groups);
    KeyCache.Builder keys =
        KeyCache.builder(routing).clock(clock).settings(live::limits).events(recorded);
    if (config.localKeyCache() != null || config.replicatedKeys() != null) {
      keys.upkeep(LiveConfiguration.shortestKeyCache(config));
    }
    Servers servers =
        new Servers(groups, kmip, replicated, live, routing, masters, audit, recorded);
    return new TdeRuntime(servers, keys.build(), provider);
  }

  /**
   * Begins to keep copies of replicated keys, if there are any. Nodes only, as above.
   *
   * @throws ConfigException naming line and remedy
   */
  public void openCopies() {
    ReplicatedKeysConfig config = config().replicatedKeys();
    ReplicatedKeyProvider replicated = servers == null ? null : servers.replicated();
    if (config != null && replicated != null) {
      try {
        replicated.open(LocalCopies.open(config.directory()));
      } catch (PrivateDirectory.Refused e) {
        throw config.wrongDirectory(e.problem(), e.remedy());
      }
    }
  }

  /**
   * Reads each token's PIN once, so that a start tells what is wrong with one.
   *
   * @throws ConfigException naming line and remedy
   */
  public void requirePins() {
    config().tokens().values().forEach(Pkcs11Config::requirePin);
  }

  /**
   * Begins to use {@code local_key_cache}, if there is one. For a node that starts, before it asks
   * for its first key; offline tools and commands do without.
   *
   * @param cluster the node's
   * @throws ConfigException naming line and remedy
   */
  public void openLocalKeyCache(String cluster) {
    LocalCacheConfig local = config().localKeyCache();
    if (local != null && servers != null) {
      servers.cached().open(local, cluster, hkdf(), cryptoProvider);
    }
  }

  /**
   * Reads the configuration's file again and puts in force what can change while the node runs: all
   * of it, or nothing. Asks the servers of groups that changed; keys in memory stay in use.
   *
   * @throws ConfigException the file is wrong
   * @throws KeyException what it says cannot be put in force
   */
  public Reloaded reload() {
    return servers().configuration().reload(keys);
  }

  /**
   * Takes over TLS stores whose files hold something else by now. Looks at files only, while they
   * are the same.
   *
   * @return the groups whose stores were taken over
   * @throws KeyException the new ones cannot be used; the old ones stay in use
   */
  public Set<String> renewStores() {
    return servers == null ? Set.of() : servers.configuration().renewStores(keys);
  }

  /** From now on new keys are published so, before they are Active; see {@link KeyPublication}. */
  public void publishBy(KeyPublication way) {
    if (servers != null) {
      servers.groups().publishBy(way);
    }
  }

  /**
   * The master key of this name, as the configuration in force has it: ask anew after a reload.
   *
   * @throws KeyConfigException there can be none
   */
  public MasterKeyChain masterKeys(String name) {
    return servers().masters().named(name);
  }

  /**
   * From now on replicated keys come from this table; {@link KeyTable#NONE} ends that. Nothing,
   * where the configuration has no replicated keys.
   */
  public void useKeyTable(KeyTable table) {
    ReplicatedKeyProvider replicated = servers == null ? null : servers.replicated();
    if (replicated != null) {
      replicated.use(table);
    }
  }

  /** What operators do with replicated keys; null: the configuration has none. */
  public @Nullable DataKeys dataKeys() {
    ReplicatedKeyProvider replicated = servers == null ? null : servers.replicated();
    return replicated == null ? null : replicated.dataKeys();
  }

  /**
   * What replaces replicated keys by themselves, as the configuration of the moment says; null:
   * there are none.
   *
   * @param sealed what this node has under a key
   */
  public @Nullable Rotation rotation(Function<DataKeyRow, Sealed> sealed) {
    ReplicatedKeyProvider replicated = servers == null ? null : servers.replicated();
    return replicated == null ? null : replicated.rotation(this::rotationOf, sealed);
  }

  private @Nullable RotationPolicy rotationOf(KeyLine line) {
    ReplicatedKeysConfig replicated = config().replicatedKeys();
    return replicated == null ? null : replicated.rotationOf(line);
  }

  /** From now on limits of KMIP groups' rotation count what this tells. */
  public void sealedBy(Function<KeyReference, Sealed> sealed) {
    if (servers != null) {
      servers.groups().sealedBy(sealed);
    }
  }

  /** How many keys of KMIP groups are overdue. */
  public int overdueInGroups() {
    return servers == null ? 0 : servers.groups().overdue();
  }

  /** The groups that data may name, by the names that commands and logs give them. */
  public Set<KeyGroup> groups() {
    Set<KeyGroup> groups = new LinkedHashSet<>(config().groups());
    if (servers != null) {
      groups.addAll(servers.routing().groups());
    }
    return groups;
  }

  /** The certificates that each group's connections use. */
  public Map<String, TlsStores> stores() {
    return servers == null ? Map.of() : servers.groups().stores();
  }

  /** Begins to record what this node does with keys, if the configuration says so. */
  public void startAudit(String program) {
    if (servers != null) {
      servers.audit().start(program);
    }
  }

  /** The node's audit log; null: this runtime has none. */
  public @Nullable NodeAudit audit() {
    return servers == null ? null : servers.audit();
  }

  /**
   * Records an operation of this node.
   *
   * @param more what else there is to tell; null values are left out
   * @param error why it was not done; null: it was
   */
  public void record(
      String operation,
      @Nullable String group,
      @Nullable String key,
      Map<String, ? extends @Nullable Object> more,
      @Nullable String error) {
    if (servers != null) {
      servers.recorded().record(operation, group, key, more, error);
    }
  }

  private Servers servers() {
    if (servers == null) {
      throw new IllegalStateException("this configuration did not come from a file");
    }
    return servers;
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

  /** In force now; a reload replaces it. */
  public TdeConfig config() {
    return config.get();
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
    if (servers != null) {
      servers.audit().close();
    }
  }
}
