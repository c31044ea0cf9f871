package io.cassandratde.keys.runtime;

import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyGroup;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.cache.CacheSettings;
import io.cassandratde.keys.cache.KeyCache;
import io.cassandratde.keys.cache.KeyStats;
import io.cassandratde.keys.config.ConfigChanges;
import io.cassandratde.keys.config.ConfigException;
import io.cassandratde.keys.config.KmipGroupConfig;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.kmip.GroupChange;
import io.cassandratde.keys.kmip.KmipKeyProvider;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration in force, and how another takes its place while the node runs.
 *
 * <p>Either all of a change is in force or nothing of it. Keys in memory are none of its matter:
 * they seal and open on throughout. Groups are exchanged below the cache, which has their keys and
 * fences; a group that comes in another form first gives what this node seals with.
 */
final class LiveConfiguration {

  private static final Logger logger = LoggerFactory.getLogger(LiveConfiguration.class);

  /** Where whoever needs the configuration of the moment finds it. */
  static final class InForce {
    volatile TdeConfig config;

    InForce(TdeConfig config) {
      this.config = config;
    }
  }

  private final KmipKeyProvider servers;
  private final RoutingKeyProvider routing;
  private final InForce inForce;

  private final MasterKeySources masters;

  LiveConfiguration(
      InForce inForce,
      KmipKeyProvider servers,
      RoutingKeyProvider routing,
      MasterKeySources masters) {
    this.masters = masters;
    this.inForce = inForce;
    this.servers = servers;
    this.routing = routing;
  }

  TdeConfig now() {
    return inForce.config;
  }

  static Duration shortestKeyCache(TdeConfig config) {
    return config.kmipGroups().values().stream()
        .map(KmipGroupConfig::keyCache)
        .min(Comparator.naturalOrder())
        .orElse(CacheSettings.DEFAULTS.refresh());
  }

  CacheSettings limits(KeySpec spec) {
    TdeConfig config = now();
    CacheSettings limits =
        CacheSettings.DEFAULTS
            .withMaxStale(config.keyCacheMaxStale(), config.refuseWhenStale())
            .withClientWait(config.clientKeyWait());
    KmipGroupConfig group =
        spec.provider() == ProviderKind.KMIP ? config.kmipGroups().get(spec.group()) : null;
    return group == null ? limits : limits.withRefresh(group.keyCache());
  }

  /**
   * Reads the file again.
   *
   * @throws ConfigException the file is wrong; everything stays as it was
   * @throws KeyException what it says cannot be put in force; everything stays as it was
   */
  synchronized Reloaded reload(KeyCache keys) {
    TdeConfig now = now();
    TdeConfig wanted = TdeConfig.load(now.file());
    ConfigChanges changes = ConfigChanges.between(now, wanted);
    TdeConfig next = now.reloaded(wanted);
    requireServed(next, keys);
    List<String> changed = new ArrayList<>(changes.byReload());
    exchange(next, keys).forEach(group -> changed.add(otherStores(group)));
    next.warnings().forEach(logger::warn);
    logger.info(
        "Configuration {} was read again: changed: {}; waiting for a restart: {}",
        next.file(),
        orNothing(changed),
        orNothing(changes.byRestart()));
    return new Reloaded(changed, changes.byRestart(), next.warnings());
  }

  private static String otherStores(String group) {
    return "kmip_hosts." + group + ": what its TLS stores hold";
  }

  private static String orNothing(List<String> options) {
    return options.isEmpty() ? "nothing" : String.join(", ", options);
  }

  /**
   * Takes over TLS stores whose files hold something else by now.
   *
   * @return the groups whose stores were
   * @throws KeyException the new ones cannot be used; the old ones stay in use
   */
  synchronized Set<String> renewStores(KeyCache keys) {
    if (servers.stores().values().stream().noneMatch(stores -> outdated(stores::isOutdated))) {
      return Set.of();
    }
    Set<String> renewed = exchange(now(), keys);
    renewed.forEach(
        group ->
            logger.info("The TLS stores of KMIP group {} hold something else: taken over", group));
    return renewed;
  }

  private interface Look {
    boolean outdated() throws IOException;
  }

  private static boolean outdated(Look look) {
    try {
      return look.outdated();
    } catch (IOException e) {
      throw new KeyConfigException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Returns the groups that are as before, but for what their stores hold. */
  private Set<String> exchange(TdeConfig next, KeyCache keys) {
    Map<Integer, KeyGroup> routes = RoutingKeyProvider.routes(next);
    try (GroupChange groups = servers.prepare(next.kmipGroups())) {
      Map<KeySpec, KeyReference> sealing = keys.sealing();
      for (String group : groups.replaced()) {
        groups.prove(
            group,
            sealing.entrySet().stream()
                .filter(each -> isOf(each.getKey(), group))
                .map(Map.Entry::getValue)
                .toList());
      }
      groups.add();
      masters.prove(next);
      routing.use(routes);
      masters.use(next);
      inForce.config = next;
      groups.complete();
      var unused = keys.limitsChanged();
      return groups.otherStores();
    }
  }

  private static boolean isOf(KeySpec spec, String group) {
    return spec.provider() == ProviderKind.KMIP && spec.group().equals(group);
  }

  /** A group that this node needs cannot go away under it. */
  private void requireServed(TdeConfig next, KeyCache keys) {
    Set<String> missing = new TreeSet<>();
    keys.stats().current().stream()
        .map(KeyStats.Current::spec)
        .forEach(s -> require(next, s, missing));
    KeySpec byPolicy = next.policy().defaultKey();
    if (byPolicy != null && next.policy().usesDefaultKey()) {
      require(next, byPolicy, missing);
    }
    if (!missing.isEmpty()) {
      throw new KeyConfigException(
          next.file()
              + " has no group "
              + missing
              + " any more, by which this node seals: leave it in kmip_hosts or pkcs11; or give its"
              + " tables another one, and restart");
    }
    Map<Integer, KeyGroup> routes = RoutingKeyProvider.routes(next);
    for (KeyReference key : keys.inMemory()) {
      if (!routing.knows(key.groupTag(), routes)) {
        throw new KeyConfigException(
            next.file()
                + " has no group for "
                + key
                + " any more, which opens data of this node: leave the group in kmip_hosts or pkcs11,"
                + " or name it in group_aliases");
      }
    }
  }

  private static void require(TdeConfig next, KeySpec spec, Set<String> missing) {
    boolean served =
        switch (spec.provider()) {
          case KMIP -> next.kmipGroups().containsKey(spec.group());
          case PKCS11 -> next.tokens().containsKey(spec.group());
          case LOCAL, REPLICATED -> true; // where these are changes by restart alone
        };
    if (!served) {
      missing.add(KeyGroup.of(spec).toString());
    }
  }
}
