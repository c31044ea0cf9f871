package io.cassandratde.keys.kmip;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyProvider.HostStatus;
import io.cassandratde.keys.KeyProvider.LastKeyEndedException;
import io.cassandratde.keys.KeyProvider.SealingKey;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.WrongKeyException;
import io.cassandratde.kmip.HostHealth;
import io.cassandratde.kmip.KeyState;
import io.cassandratde.kmip.KmipClient;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipHost;
import io.cassandratde.kmip.KmipNotFoundException;
import io.cassandratde.kmip.attribute.Attributes;
import io.cassandratde.kmip.operation.GetAttributes;
import io.cassandratde.kmip.transport.TlsStores;
import io.cassandratde.kmip.ttlv.TtlvDump;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys of one KMIP group: docs/RULES.md R14 (which key is current), R15 (proved before it seals),
 * R16 (states and dates).
 */
final class KmipGroup implements AutoCloseable {

  private static final Logger logger = LoggerFactory.getLogger(KmipGroup.class);

  /** 9999-12-31 and the like mean no end. */
  private static final Duration NEVER = Duration.ofDays(36_500);

  private final KmipClient client;
  private final KeyCatalog catalog;
  private final KeyReader reader;
  private final KeyVerdicts verdicts;
  private final KeyElection election;
  private final Supplier<KeyPublication> publication;
  private final Duration lead;
  private final String group;

  /** Keys that this process has read back on every reachable host. */
  private final Set<KeyReference> proved = ConcurrentHashMap.newKeySet();

  /**
   * Check values of keys that this process was asked for because data names them, by key id: found,
   * and the very keys that sealed that data.
   */
  private final Map<String, Integer> named = new ConcurrentHashMap<>();

  /** Keys whose end was told before their successor was looked for. */
  private final Set<KeyReference> ended = ConcurrentHashMap.newKeySet();

  private final Set<KmipHost> down = ConcurrentHashMap.newKeySet();

  /**
   * Key ids that a warning was given for; looks repeat every few seconds while a key is unproved.
   */
  private final Set<String> warned = ConcurrentHashMap.newKeySet();

  /**
   * @param lead how long before a key's scheduled end its successor is made: one key_cache_millis
   */
  KmipGroup(
      KmipClient client,
      Hkdf hkdf,
      Duration lead,
      InstantSource clock,
      Supplier<KeyPublication> publication,
      Pause pause) {
    this.client = client;
    this.lead = lead;
    this.group = client.settings().group();
    this.catalog = new KeyCatalog(client, clock, limit(lead));
    this.reader = new KeyReader(client, hkdf);
    this.verdicts = new KeyVerdicts(client);
    this.publication = publication;
    this.election = new KeyElection(client, catalog, reader, publication, pause);
  }

  /** A whole look must end well before the next one is due, however many keys there are (R19). */
  private Duration limit(Duration keyCache) {
    Duration half = keyCache.dividedBy(2);
    Duration least = client.settings().deadline();
    return half.compareTo(least) > 0 ? half : least;
  }

  SealingKey current(KeySpec spec, @Nullable KeyReference last) {
    @Nullable ServerTime seen = null;
    List<@Nullable Instant> before = lastAnswers();
    try {
      KeyCatalog.Snapshot now = catalog.find(spec.cipher(), KeyState.ACTIVE);
      ServerTime time = now.time();
      List<KeyFacts> usable = KeySelection.ranked(now.keys(), spec, time);
      seen = last == null || find(usable, last.keyId()) != null ? null : time;
      boolean succeed = !usable.isEmpty() && KeySelection.needsSuccessor(usable.get(0), time, lead);
      if (usable.isEmpty() && last != null && seen != null) {
        requireEndTold(last, seen, spec);
      }
      if (usable.isEmpty() || succeed) {
        KeyCatalog.Snapshot elected = elect(spec, succeed ? usable : List.of(), time);
        if (elected != null) {
          time = elected.time();
          usable = KeySelection.ranked(elected.keys(), spec, time);
        }
      }
      SealingKey chosen =
          firstProved(spec, usable, time, last != null ? last : firstNamed(spec, usable));
      watchHosts();
      return chosen;
    } catch (KmipException e) {
      throw failure(
          last,
          seen,
          answered(
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

  private List<@Nullable Instant> lastAnswers() {
    List<@Nullable Instant> answers = new ArrayList<>();
    client.health().forEach(host -> answers.add(host.lastSuccess()));
    return answers;
  }

  /** A look that got an answer has asked somebody, even if all hosts went away during it. */
  private KeyException answered(List<@Nullable Instant> before, KeyException failure) {
    boolean asked = !before.equals(lastAnswers());
    return asked && failure instanceof KeyUnavailableException outage && outage.nobodyAsked()
        ? new KeyUnavailableException(String.valueOf(outage.getMessage()))
        : failure;
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
  private KeyCatalog.@Nullable Snapshot elect(KeySpec spec, List<KeyFacts> ending, ServerTime time)
      throws KmipException {
    try {
      return election.elect(
          spec, key -> !KeySelection.needsSuccessor(key, time, lead), ending.isEmpty());
    } catch (KmipException | KeyException e) {
      if (ending.isEmpty()) {
        throw e;
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

  /**
   * What stands in for the last key after a restart: a key is not new (docs/RULES.md R15) when data
   * that this node has opened names it. A host that has lost it meanwhile then stops sealing no
   * more than it did before the restart. Null before any data was opened.
   */
  private @Nullable KeyReference firstNamed(KeySpec spec, List<KeyFacts> usable) {
    for (KeyFacts key : usable) {
      Integer check = named.get(key.id());
      if (check != null) {
        return new KeyReference(spec.groupTag(), key.id(), check);
      }
    }
    return null;
  }

  /**
   * The first key in rank order that is proved; with one of several hosts reachable, rather the
   * last current one.
   */
  private SealingKey firstProved(
      KeySpec spec, List<KeyFacts> usable, ServerTime time, @Nullable KeyReference last)
      throws KmipException {
    KeyException failure = null;
    for (KeyFacts key : usable) {
      try {
        DataKey known = known(spec, key, last);
        if (known != null) {
          return sealing(
              key,
              known,
              time,
              "it has the latest activation date of " + usable.size() + " usable" + named(key));
        }
        KeyReader.Proof proof = reader.prove(spec.groupTag(), key.id());
        KeyFacts before = last == null ? null : find(usable, last.keyId());
        if (before != null && proof.confirmed() == 1 && client.settings().hosts().size() > 1) {
          proof.key().retire();
          warnOnce(
              key,
              "Key {} of group {} is not used yet: only one host answers, so it could be on that host alone ({}); the last key "
                  + before.id()
                  + " seals on",
              String.join(", ", proof.unreachable()));
          continue;
        }
        proved.add(proof.key().reference());
        return sealing(key, proof.key(), time, reason(usable, key, last, proof));
      } catch (KeyException e) {
        warnOnce(key, "Key {} of group {} is current by rank but not used: {}", e.getMessage());
        failure = failure == null ? e : failure;
      }
    }
    throw failure != null
        ? failure
        : new KeyUnavailableException("group " + group + " has no usable key for " + spec);
  }

  private void warnOnce(KeyFacts key, String message, @Nullable String detail) {
    if (warned.add(key.id())) {
      logger.warn(message, key.id(), group, detail);
    }
  }

  /**
   * A key that this process has proved, sealed with or opened data with already; read again, in
   * case the server has another one by now.
   */
  private @Nullable DataKey known(KeySpec spec, KeyFacts key, @Nullable KeyReference last)
      throws KmipException {
    boolean isLast = last != null && last.keyId().equals(key.id());
    if (!isLast
        && proved.stream()
            .noneMatch(r -> r.keyId().equals(key.id()) && r.groupTag() == spec.groupTag())) {
      return null;
    }
    DataKey read = reader.read(spec.groupTag(), key.id());
    if (isLast ? read.reference().equals(last) : proved.contains(read.reference())) {
      return read;
    }
    read.retire();
    throw new WrongKeyException(
        "group %s has another key under id %s than the one that this node has used: was a server replaced or restored?"
            .formatted(group, key.id()));
  }

  private static @Nullable KeyFacts find(List<KeyFacts> keys, String id) {
    return keys.stream().filter(k -> k.id().equals(id)).findFirst().orElse(null);
  }

  private static String reason(
      List<KeyFacts> usable, KeyFacts key, @Nullable KeyReference last, KeyReader.Proof proof) {
    StringBuilder text = new StringBuilder();
    if (last != null && find(usable, last.keyId()) == null) {
      text.append("the last key may not seal any more; ");
    }
    text.append("latest activation date (")
        .append(key.rank())
        .append(") of ")
        .append(usable.size())
        .append(" usable, read back on ");
    text.append(proof.confirmed()).append(" host(s)");
    return text.append(named(key)).toString();
  }

  /** Keys that others made count too; the name mostly tells whose it is. */
  private static String named(KeyFacts key) {
    String name = key.name();
    return name == null ? "; it has no name" : "; its name is " + TtlvDump.printable(name);
  }

  private static SealingKey sealing(
      KeyFacts key, DataKey material, ServerTime time, String reason) {
    Instant end = key.sealingEnd();
    if (end == null || end.isAfter(time.latest().plus(NEVER))) {
      return new SealingKey(material, null, reason);
    }
    return new SealingKey(material, time.toLocal(end), reason);
  }

  DataKey byId(KeyReference reference) {
    DataKey key = reader.search(reference);
    if (key.reference().equals(reference)) {
      named.put(reference.keyId(), reference.checkValue());
    }
    watchHosts();
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
    return client.health().stream()
        .map(
            health ->
                new HostStatus(
                    group,
                    health.host().toString(),
                    health.consecutiveFailures(),
                    health.lastError(),
                    health.lastSuccess(),
                    health.latency()))
        .toList();
  }

  /**
   * A host that is down while another answers is no error: one warning when it goes, one line when
   * it is back.
   */
  private void watchHosts() {
    for (HostHealth health : client.health()) {
      if (health.consecutiveFailures() > 0 && down.add(health.host())) {
        logger.warn(
            "Host {} of KMIP group {} does not answer: {}; another host of the group does",
            health.host(),
            group,
            health.lastError());
      } else if (health.consecutiveFailures() == 0 && down.remove(health.host())) {
        logger.info("Host {} of KMIP group {} answers again", health.host(), group);
      }
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
