package io.cassandratde.keys.kmip;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyProvider.SealingKey;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.WrongKeyException;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipSettings;
import io.cassandratde.kmip.ttlv.TtlvDump;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** No key seals before it is proved that it is on every reachable host: docs/RULES.md R15. */
final class ProvenKeys {

  private static final Logger logger = LoggerFactory.getLogger(ProvenKeys.class);

  /** 9999-12-31 and the like mean no end. */
  private static final Duration NEVER = Duration.ofDays(36_500);

  private final KmipSettings settings;
  private final KeyReader reader;
  private final String group;

  /** Keys that this process has read back on every reachable host. */
  private final Set<KeyReference> proved = ConcurrentHashMap.newKeySet();

  /**
   * Check values of keys that this process was asked for because data names them, by key id: found,
   * and the very keys that sealed that data.
   */
  private final Map<String, Integer> named = new ConcurrentHashMap<>();

  /**
   * Key ids that a warning was given for; looks repeat every few seconds while a key is unproved.
   */
  private final Set<String> warned = ConcurrentHashMap.newKeySet();

  ProvenKeys(KmipSettings settings, KeyReader reader) {
    this.settings = settings;
    this.reader = reader;
    this.group = settings.group();
  }

  /** Data names this key, and it is the very one that sealed that data. */
  void dataNames(KeyReference reference) {
    named.put(reference.keyId(), reference.checkValue());
  }

  /**
   * The first key in rank order that is proved; with one of several hosts reachable, rather the
   * last current one.
   */
  SealingKey first(
      KeySpec spec, List<KeyFacts> usable, ServerTime time, @Nullable KeyReference lastSealing)
      throws KmipException {
    KeyReference last = lastSealing != null ? lastSealing : firstNamed(spec, usable);
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
        KeyFacts before = last == null ? null : KeySelection.find(usable, last.keyId());
        if (before != null && proof.confirmed() == 1 && settings.hosts().size() > 1) {
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

  private static String reason(
      List<KeyFacts> usable, KeyFacts key, @Nullable KeyReference last, KeyReader.Proof proof) {
    StringBuilder text = new StringBuilder();
    if (last != null && KeySelection.find(usable, last.keyId()) == null) {
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
}
