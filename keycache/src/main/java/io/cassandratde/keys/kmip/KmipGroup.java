package io.cassandratde.keys.kmip;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyProvider.HostStatus;
import io.cassandratde.keys.KeyProvider.LastKeyEndedException;
import io.cassandratde.keys.KeyProvider.SealingKey;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.rotation.Due;
import io.cassandratde.kmip.KeyState;
import io.cassandratde.kmip.KmipClient;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipHost;
import io.cassandratde.kmip.KmipNotFoundException;
import io.cassandratde.kmip.attribute.Attributes;
import io.cassandratde.kmip.operation.GetAttributes;
import io.cassandratde.kmip.transport.TlsStores;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keys of one KMIP group: which is current (docs/RULES.md R14), and whether it may seal (R16). */
final class KmipGroup implements AutoCloseable {

  private static final Logger logger = LoggerFactory.getLogger(KmipGroup.class);

  private final KmipClient client;
  private final KeyCatalog catalog;
  private final KeyReader reader;
  private final ProvenKeys proven;
  private final HostWatch hosts;
  private final KeyVerdicts verdicts;
  private final KeyElection election;
  private final Supplier<KeyPublication> publication;
  private final GroupRotation rotation;
  private final InstantSource clock;
  private final Duration lead;
  private final String group;

  /** Keys whose end was told before their successor was looked for. */
  private final Set<KeyReference> ended = ConcurrentHashMap.newKeySet();

  /**
   * @param keys what this process gets of a key
   * @param factory makes new ones
   * @param rotation what replaces keys besides their scheduled ends
   * @param lead how long before a key's scheduled end its successor is made: one key_cache_millis
   */
  KmipGroup(
      KmipClient client,
      KeyAccess keys,
      KeyFactory factory,
      GroupRotation rotation,
      Duration lead,
      InstantSource clock,
      Supplier<KeyPublication> publication,
      Pause pause) {
    this.client = client;
    this.rotation = rotation;
    this.clock = clock;
    this.lead = lead;
    this.group = client.settings().group();
    this.catalog = new KeyCatalog(client, clock, limit(lead));
    this.reader = new KeyReader(client, keys);
    this.proven = new ProvenKeys(client.settings(), reader);
    this.hosts = new HostWatch(client);
    this.verdicts = new KeyVerdicts(client);
    this.publication = publication;
    this.election = new KeyElection(client, catalog, factory, reader, publication, pause);
  }

  /** A whole look must end well before the next one is due, however many keys there are (R19). */
  private Duration limit(Duration keyCache) {
    Duration half = keyCache.dividedBy(2);
    Duration least = client.settings().deadline();
    return half.compareTo(least) > 0 ? half : least;
  }

  SealingKey current(KeySpec spec, @Nullable KeyReference last) {
    @Nullable ServerTime seen = null;
    HostWatch.Answers before = hosts.answers();
    try {
      KeyCatalog.Snapshot now = catalog.find(spec.cipher(), KeyState.ACTIVE);
      ServerTime time = now.time();
      List<KeyFacts> usable = KeySelection.ranked(now.keys(), spec, time);
      seen = last == null || KeySelection.find(usable, last.keyId()) != null ? null : time;
      Due due = usable.isEmpty() ? null : rotation.due(spec, usable.get(0), last, time.earliest());
      boolean isNow = due != null && !time.earliest().isBefore(due.from());
      boolean succeed =
          !usable.isEmpty() && (isNow || KeySelection.needsSuccessor(usable.get(0), time, lead));
      if (usable.isEmpty() && last != null && seen != null) {
        requireEndTold(last, seen, spec);
      }
      if (usable.isEmpty() || succeed) {
        KeyCatalog.Snapshot elected =
            elect(spec, succeed ? usable : List.of(), time, isNow ? due : null);
        if (elected != null) {
          time = elected.time();
          usable = KeySelection.ranked(elected.keys(), spec, time);
        }
      } else if (due != null && !rotation.isPrepared(usable.get(0))) {
        prepare(spec, usable.get(0), due);
      }
      if (!usable.isEmpty()) {
        rotation.current(spec, usable.get(0));
      }
      SealingKey chosen = proven.first(spec, usable, time, last);
      hosts.watch();
      return chosen;
    } catch (KmipException e) {
      rotation.outage(spec, clock.instant(), e.getMessage());
      throw failure(
          last,
          seen,
          hosts.answered(
              before,
              KmipFailures.translate("no current key from group " + group + " for " + spec, e)));
    } catch (KeyException e) {
      throw failure(last, seen, e);
    }
  }

  /**
   * Nodes take their time to agree on a key; nothing is sealed under one that was revoked meanwhile
   * (docs/RULES.md R16, R19). The next look, moments later, elects.
   */
  private void requireEndTold(KeyReference last, ServerTime time, KeySpec spec) {
    if (publication.get().isNeeded() && !ended.contains(last) && hasEnded(last, time)) {
      ended.add(last);
      throw new LastKeyEndedException(
          new KeyUnavailableException(
              "no key of group "
                  + group
                  + " may seal for "
                  + spec
                  + "; the nodes agree on a new one now"));
    }
  }

  /**
   * What a failed look means for the last key.
   *
   * @param seen when the servers listed usable keys without the last one; null: they did not say so
   */
  private RuntimeException failure(
      @Nullable KeyReference last, @Nullable ServerTime seen, KeyException failure) {
    return last != null && seen != null && hasEnded(last, seen)
        ? new LastKeyEndedException(failure)
        : failure;
  }

  /**
   * Whether the servers say that the last key may not seal any more. The first host that knows the
   * key decides. A key that no host knows counts as ended only when every host of the group says
   * so: one that is silent or odd may have it.
   */
  private boolean hasEnded(KeyReference last, ServerTime time) {
    boolean allSay = true;
    for (KmipHost host : client.settings().hosts()) {
      try {
        Attributes found = client.exchangeOn(host, new GetAttributes(last.keyId())).result();
        return !KeySelection.maySeal(KeyCatalog.facts(last.keyId(), found), time);
      } catch (KmipNotFoundException notThere) {
        // The next host may have it.
      } catch (KmipException unknown) {
        allSay = false;
      }
    }
    return allSay;
  }

  /** Null when a key that still seals has no successor yet: it goes on sealing. */
  private KeyCatalog.@Nullable Snapshot elect(
      KeySpec spec, List<KeyFacts> ending, ServerTime time, @Nullable Due due)
      throws KmipException {
    try {
      KeyCatalog.Snapshot elected =
          election.elect(
              spec,
              key ->
                  !KeySelection.needsSuccessor(key, time, lead)
                      && (due == null || KeySelection.isAfter(key, ending.get(0))),
              ending.isEmpty());
      if (due != null) {
        rotation.met(spec);
        logger.info("Group {} has the next key for {}: {}", group, spec, due.reason());
      }
      return elected;
    } catch (KmipException | KeyException e) {
      if (ending.isEmpty()) {
        throw e;
      }
      if (due != null) {
        rotation.failed(spec, due, e.getMessage());
        return null;
      }
      logger.warn(
          "Key {} of group {} ends at {} and has no successor yet: {}",
          ending.get(0).id(),
          group,
          ending.get(0).sealingEnd(),
          e.getMessage());
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KeyUnavailableException("interrupted while a key was elected for " + spec);
    }
  }

  /** The next key is made and fetched by all nodes, and Pre-Active until its time. */
  private void prepare(KeySpec spec, KeyFacts current, Due due) {
    try {
      election.prepare(spec, key -> KeySelection.isAfter(key, current));
      rotation.prepared(current);
    } catch (KmipException | KeyException e) {
      rotation.failed(spec, due, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  Map<KeySpec, Instant> overdue() {
    return rotation.overdue();
  }

  DataKey byId(KeyReference reference) {
    DataKey key = reader.search(reference);
    if (key.reference().equals(reference)) {
      proven.dataNames(reference);
    }
    hosts.watch();
    return key;
  }

  TlsStores stores() {
    return client.stores();
  }

  Map<String, KeyVerdict> verdicts(Collection<String> ids) {
    try {
      return verdicts.of(ids);
    } catch (KmipException e) {
      throw KmipFailures.translate("group " + group + " does not tell the state of its keys", e);
    }
  }

  List<HostStatus> hosts() {
    return hosts.status();
  }

  @Override
  public void close() {
    client.close();
  }
}
