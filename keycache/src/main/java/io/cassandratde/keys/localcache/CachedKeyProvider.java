package io.cassandratde.keys.localcache;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeptKey;
import io.cassandratde.keys.KeyAccessDeniedException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyProvider;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.config.ConfigException;
import io.cassandratde.keys.config.LocalCacheConfig;
import io.cassandratde.keys.kmip.KeyVerdict;
import io.cassandratde.keys.kmip.KmipKeyProvider;
import java.security.Provider;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys from KMIP groups, and from this node's disk when no host of a group can be asked
 * (docs/RULES.md R21).
 *
 * <p>A server's answer always goes first, a refusal too; what it says of a key is carried over to
 * the disk: destroyed or denied, the key goes; in any state but Active, it seals no more. Before
 * {@link #open} there is no disk: commands and Cassandra's offline tools never use it.
 */
public final class CachedKeyProvider implements KeyProvider {

  private static final Logger logger = LoggerFactory.getLogger(CachedKeyProvider.class);

  private final KmipKeyProvider servers;
  private final InstantSource clock;
  private volatile @Nullable LocalKeyCache disk;

  /**
   * Keys that servers gave to this process, which the disk should hold; with what asked for them.
   */
  private final Map<KeyReference, KeySpec> given = new ConcurrentHashMap<>();

  private final AtomicLong taken = new AtomicLong();

  /** Groups whose absence was told. */
  private final Set<String> away = ConcurrentHashMap.newKeySet();

  public CachedKeyProvider(KmipKeyProvider servers, InstantSource clock) {
    this.servers = servers;
    this.clock = clock;
  }

  /**
   * Begins to use the disk.
   *
   * @param cluster the keys of another cluster are not used, even if its files came here
   * @throws ConfigException with line and remedy
   */
  public void open(LocalCacheConfig config, String cluster, Hkdf hkdf, Provider provider) {
    LocalKeyCache opened = LocalKeyCache.open(config, cluster, hkdf, provider, clock);
    opened.report(servers.groups());
    disk = opened;
  }

  @Override
  public void check(KeySpec spec) {
    servers.check(spec);
  }

  @Override
  public SealingKey current(KeySpec spec, @Nullable KeyReference last) {
    LocalKeyCache there = disk;
    if (there == null) {
      return servers.current(spec, last);
    }
    try {
      // The servers have to answer for the key of before too, so that its end is noticed.
      SealingKey found = servers.current(spec, last != null ? last : there.lastSealing(spec));
      there.keepSealing(spec, found);
      given.put(found.key().reference(), spec);
      away.remove(spec.group());
      return found;
    } catch (LastKeyEndedException ended) {
      there.forgetSealing(spec);
      throw ended;
    }
  }

  @Override
  public @Nullable KeptKey kept(KeySpec spec) {
    LocalKeyCache there = disk;
    KeptKey key = there == null ? null : there.sealing(spec);
    if (key != null) {
      taken.incrementAndGet();
    }
    return key;
  }

  @Override
  public DataKey byId(KeySpec hint, KeyReference reference) {
    LocalKeyCache there = disk;
    if (there == null) {
      return servers.byId(hint, reference);
    }
    String group = hint.group();
    try {
      DataKey key = servers.byId(hint, reference);
      if (key.reference().equals(reference)) {
        there.keep(group, key, null);
        given.put(reference, hint);
      }
      away.remove(group);
      return key;
    } catch (KeyNotFoundException gone) {
      forget(there, group, reference.keyId(), String.valueOf(gone.getMessage()));
      throw gone;
    } catch (KeyAccessDeniedException denied) {
      there.purge(group, reference.keyId(), String.valueOf(denied.getMessage()));
      throw denied;
    } catch (KeyUnavailableException outage) {
      if (!outage.nobodyAsked()) {
        throw outage;
      }
      return fromDisk(there, group, reference, outage);
    }
  }

  private DataKey fromDisk(
      LocalKeyCache there, String group, KeyReference reference, KeyUnavailableException outage) {
    DataKey key = there.recall(group, reference);
    if (key == null) {
      throw KeyUnavailableException.nobodyAsked(
          outage.getMessage()
              + " And the local key cache in "
              + there.path()
              + " has not this key.");
    }
    taken.incrementAndGet();
    if (away.add(group)) {
      logger.error(
          "LOCAL KEY CACHE: no key server of group {} can be asked, so keys come from {}: {}",
          group,
          there.path(),
          outage.getMessage());
    }
    logger.warn("{} of group {} comes from the local key cache", reference, group);
    return key;
  }

  private void forget(LocalKeyCache there, String group, String keyId, String why) {
    given.keySet().removeIf(reference -> isOf(reference, group, keyId));
    there.purge(group, keyId, why);
  }

  /** By whatever name the group had when the data was sealed. */
  private boolean isOf(KeyReference reference, String group, String keyId) {
    KeySpec spec = given.get(reference);
    return spec != null && spec.group().equals(group) && reference.keyId().equals(keyId);
  }

  @Override
  public synchronized void upkeep() {
    LocalKeyCache there = disk;
    if (there == null) {
      return;
    }
    for (String group : servers.groups()) {
      try {
        follow(there, group);
      } catch (KeyException outage) {
        logger.debug("The local key cache of group {} stays as it is", group, outage);
      } catch (RuntimeException e) {
        logger.error("The local key cache of group {} could not be looked after", group, e);
      }
    }
  }

  private void follow(LocalKeyCache there, String group) {
    Set<String> ids = new HashSet<>();
    there.keys(group).forEach(entry -> ids.add(entry.keyId()));
    List<KeyReference> ours =
        given.keySet().stream().filter(key -> isOf(key, group, key.keyId())).toList();
    ours.forEach(key -> ids.add(key.keyId()));
    if (ids.isEmpty()) {
      return;
    }
    Map<String, KeyVerdict> verdicts = servers.verdicts(group, ids);
    verdicts.forEach((id, verdict) -> carryOver(there, group, id, verdict));
    there.removeUnusable(group);
    for (KeyReference key : ours) {
      KeySpec spec = given.get(key);
      KeyVerdict verdict = verdicts.get(key.keyId());
      if (spec != null
          && verdict != null
          && verdict.answer() == KeyVerdict.Answer.THERE
          && !there.holds(group, key)) {
        byId(spec, key).retire();
      }
    }
  }

  private void carryOver(LocalKeyCache there, String group, String id, KeyVerdict verdict) {
    switch (verdict.answer()) {
      case THERE -> there.update(group, id, verdict.state());
      case GONE -> forget(there, group, id, "the key servers say that it was destroyed");
      // It stays among those that were given: once it is allowed again, it is kept again.
      case DENIED -> there.purge(group, id, "the key servers deny it to this node");
      case OPEN -> logger.debug("Nothing is known of key {} of group {}", id, group);
    }
  }

  @Override
  public KeptKeys keptKeys() {
    LocalKeyCache there = disk;
    return there == null ? new KeptKeys(0, 0) : new KeptKeys(there.size(), taken.get());
  }

  @Override
  public List<HostStatus> hosts() {
    return servers.hosts();
  }

  @Override
  public void close() {
    servers.close();
  }
}
