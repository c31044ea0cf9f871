package io.cassandratde.keys.kmip;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.rotation.Due;
import io.cassandratde.keys.rotation.RotationPolicy;
import io.cassandratde.keys.rotation.Sealed;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When the configuration has keys of a group followed by new ones, apart from ends that servers
 * have. Every node looks; who makes the key, the election tells.
 */
final class GroupRotation {

  /** Nothing is replaced. */
  static final GroupRotation NONE = new GroupRotation("", spec -> null, key -> Sealed.NOTHING);

  private static final Logger logger = LoggerFactory.getLogger(GroupRotation.class);

  private final String group;
  private final Function<KeySpec, @Nullable RotationPolicy> policies;
  private final Function<KeyReference, Sealed> sealed;

  /** When current keys began, for an outage. */
  private final Map<KeySpec, Instant> begun = new ConcurrentHashMap<>();

  private final Map<KeySpec, Instant> overdue = new ConcurrentHashMap<>();

  /** Keys whose successor was made and published by this process, or found so. */
  private final Set<String> prepared = ConcurrentHashMap.newKeySet();

  /**
   * @param sealed what this node has under a key
   */
  GroupRotation(
      String group,
      Function<KeySpec, @Nullable RotationPolicy> policies,
      Function<KeyReference, Sealed> sealed) {
    this.group = group;
    this.policies = policies;
    this.sealed = sealed;
  }

  /**
   * The successor of a current key.
   *
   * @param last what this process seals by; what is under other keys is not counted
   * @return null: none yet
   */
  @Nullable Due due(KeySpec spec, KeyFacts key, @Nullable KeyReference last, Instant now) {
    RotationPolicy policy = policies.apply(spec);
    if (policy == null) {
      overdue.remove(spec);
      return null;
    }
    Due due = policy.due(key.rank(), now);
    if (due != null && !now.isBefore(due.from())) {
      return due;
    }
    overdue.remove(spec);
    boolean isLast = last != null && last.keyId().equals(key.id());
    String limit = isLast && last != null ? policy.limit(sealed.apply(last)) : null;
    return limit == null ? due : new Due(now, limit, null);
  }

  /** Which key is current, from which an outage counts. */
  void current(KeySpec spec, KeyFacts key) {
    begun.put(spec, key.rank());
  }

  boolean isPrepared(KeyFacts current) {
    return prepared.contains(current.id());
  }

  void prepared(KeyFacts current) {
    prepared.add(current.id());
  }

  /** It was made. */
  void met(KeySpec spec) {
    overdue.remove(spec);
  }

  /** A key that is due could not be made. */
  void failed(KeySpec spec, Due due, @Nullable String why) {
    Instant since = due.overdueSince();
    if (since == null) {
      logger.warn("The next key of group {} for {} is not made yet: {}", group, spec, why);
      return;
    }
    overdue.put(spec, since);
    logger.error(
        "OVERDUE: the next key of group {} for {} should seal since {} and could not be made: {}",
        group,
        spec,
        since,
        why);
  }

  /** The servers could not be asked at all. */
  void outage(KeySpec spec, Instant now, @Nullable String why) {
    Instant since = begun.get(spec);
    RotationPolicy policy = policies.apply(spec);
    Due due = since == null || policy == null ? null : policy.due(since, now);
    if (due != null && due.overdueSince() != null) {
      failed(spec, due, why);
    }
  }

  /** Specs whose next key should be there and is not, with since when. */
  Map<KeySpec, Instant> overdue() {
    return Map.copyOf(overdue);
  }
}
