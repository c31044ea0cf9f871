package io.cassandratde.sstable.cassandra.hierarchy;

import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.master.KeyBinding;
import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.keys.master.WrappedKey;
import io.cassandratde.sstable.cassandra.hierarchy.MasterKeyVersion.State;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which master key wraps in this cluster: a version is proposed, each node opens its canary by the
 * key that it has itself and reports, and it becomes active once nobody is in the way. One version
 * of a name is open at a time, so versions become active in their order, and the newest that did is
 * the one.
 */
final class MasterKeyVersions {

  private static final Logger logger = LoggerFactory.getLogger(MasterKeyVersions.class);
  private static final int ATTEMPTS = 3;
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

  private final MasterKeyRows rows;
  private final HeldMasterKeys held;
  private final SeenVersions seen;
  private final Surroundings surroundings;
  private final SecureRandom random = new SecureRandom();

  /**
   * What it needs of the rest, so that tests can stand in for a cluster.
   *
   * @param members addresses by host id, of nodes up or down
   * @param live host ids
   * @param limit of how long the first key of a name waits for the others' reports
   */
  record Surroundings(
      Supplier<Map<UUID, String>> members,
      Supplier<Set<UUID>> live,
      Supplier<UUID> self,
      InstantSource clock,
      LongSupplier nanos,
      Waiting waiting,
      Duration limit) {}

  /** Lets time pass. */
  interface Waiting {
    void pause(Duration time) throws InterruptedException;
  }

  MasterKeyVersions(
      MasterKeyRows rows, HeldMasterKeys held, SeenVersions seen, Surroundings surroundings) {
    this.rows = rows;
    this.held = held;
    this.seen = seen;
    this.surroundings = surroundings;
  }

  static @Nullable MasterKeyVersion active(List<MasterKeyVersion> newestFirst) {
    return first(newestFirst, State.ACTIVE);
  }

  static @Nullable MasterKeyVersion open(List<MasterKeyVersion> newestFirst) {
    MasterKeyVersion proposed = first(newestFirst, State.PROPOSED);
    MasterKeyVersion active = active(newestFirst);
    return proposed != null && active != null && proposed.version() < active.version()
        ? null
        : proposed;
  }

  private static @Nullable MasterKeyVersion first(List<MasterKeyVersion> versions, State state) {
    return versions.stream().filter(each -> each.state() == state).findFirst().orElse(null);
  }

  /**
   * The version that wraps now, which this node has. If there is none, the key of this node becomes
   * it, once all live nodes have shown that they have the same.
   *
   * @throws KeyException they have not; or this node does not have it, and wraps nothing until it
   *     does
   */
  MasterKeyVersion active(String name, MasterKeys source) {
    MasterKeyVersion active = active(rows.of(name));
    if (active == null) {
      active = first(name, source);
    }
    seen.requireNotEarlier(active);
    try {
      held.require(active, source);
    } catch (KeyUnavailableException outage) {
      throw outage;
    } catch (KeyException lacking) {
      throw new KeyConfigException(
          "this node wraps no keys: the cluster wraps by %s, and here it is not: %s. Make it available to this node, then run 'cassandra-tde masterkey fetch %s' for it"
              .formatted(active, lacking.getMessage(), name));
    }
    seen.saw(active);
    return active;
  }

  private MasterKeyVersion first(String name, MasterKeys source) {
    long start = surroundings.nanos().getAsLong();
    for (; ; ) {
      List<MasterKeyVersion> versions = rows.of(name);
      MasterKeyVersion active = active(versions);
      if (active != null) {
        return active;
      }
      MasterKeyVersion open = open(versions);
      if (open == null) {
        open = propose(name, source);
      }
      held.report(open, source);
      Map<UUID, String> live = new TreeMap<>(surroundings.members().get());
      live.keySet().retainAll(surroundings.live().get());
      MasterAgreement agreement = agreement(open, live);
      if (agreement.isComplete()) {
        if (rows.activate(open, surroundings.clock().instant())) {
          logger.info("{} is the first of its name, all live nodes have it: it is active", open);
        }
      } else if (surroundings.nanos().getAsLong() - start >= surroundings.limit().toNanos()) {
        throw new KeyConfigException(
            "%s would be the first one of its name, and live nodes do not agree on it: %s. Give all nodes the same key; 'cassandra-tde masterkey abort' takes back a wrong one"
                .formatted(open, agreement.problems(live)));
      } else {
        pause();
      }
    }
  }

  private void pause() {
    try {
      surroundings.waiting().pause(BETWEEN_LOOKS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw KeyUnavailableException.nobodyAsked("interrupted while nodes agree on a master key");
    }
  }

  MasterAgreement agreement(MasterKeyVersion version, Map<UUID, String> members) {
    return MasterAgreement.of(
        rows.reports(version), members, DataKeyRows.hex(version.reference().checkValue()));
  }

  /**
   * Proposes what this node's source offers.
   *
   * @throws KeyConfigException it is active already, or another one is open
   */
  MasterKeyVersion propose(String name, MasterKeys source) {
    return propose(name, source, source.current());
  }

  /**
   * Proposes the key that was active before this one, for a rollback: that others have it still is
   * to be shown as of any other.
   *
   * @throws KeyException there is none; another one is open; or this node cannot use it
   */
  MasterKeyVersion proposeFormer(String name, MasterKeys source) {
    List<MasterKeyVersion> versions = rows.of(name);
    MasterKeyVersion active = active(versions);
    MasterKeyVersion former =
        versions.stream()
            .filter(each -> each.state() == State.ACTIVE)
            .filter(each -> active != null && !each.isSameKey(active))
            .findFirst()
            .orElseThrow(
                () -> new KeyConfigException("master key " + name + " has had no other key"));
    held.requireAnew(former, source);
    return propose(name, source, former.reference());
  }

  private MasterKeyVersion propose(String name, MasterKeys source, KeyReference offered) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      List<MasterKeyVersion> versions = rows.of(name);
      MasterKeyVersion open = open(versions);
      if (open != null) {
        return requireSame(open, offered);
      }
      MasterKeyVersion active = active(versions);
      if (active != null
          && active.reference().equals(offered)
          && active.version() >= seen.highest(name)) {
        throw new KeyConfigException(
            "%s is active already, and this node's source offers no other key".formatted(active));
      }
      MasterKeyVersion version = make(name, next(name, versions), source, offered);
      if (rows.add(version)) {
        logger.info("{} is proposed", version);
        return version;
      }
    }
    throw new KeyConfigException(
        "version %d of master key %s is there, and cannot be read: see this node's log"
            .formatted(next(name, rows.of(name)), name));
  }

  private static MasterKeyVersion requireSame(MasterKeyVersion open, KeyReference offered) {
    if (!open.reference().equals(offered)) {
      throw new KeyConfigException(
          "%s is proposed already, and not %s: activate or abort that one first"
              .formatted(open, offered));
    }
    return open;
  }

  /** Also of a table that lost those of before. */
  private int next(String name, List<MasterKeyVersion> newestFirst) {
    int newest = newestFirst.isEmpty() ? 0 : newestFirst.get(0).version();
    return Math.addExact(Math.max(newest, seen.highest(name)), 1);
  }

  private MasterKeyVersion make(String name, int version, MasterKeys source, KeyReference by) {
    UUID canaryId = UUID.randomUUID();
    byte[] canary = new byte[32];
    random.nextBytes(canary);
    KeyBinding binding = MasterKeyVersion.binding(name, version, canaryId);
    Instant now = surroundings.clock().instant();
    try {
      WrappedKey wrapped = source.wrap(by, canary, binding);
      return new MasterKeyVersion(
          name,
          version,
          held.describe(name),
          by,
          State.PROPOSED,
          canaryId,
          wrapped,
          surroundings.self().get(),
          now,
          null);
    } finally {
      Arrays.fill(canary, (byte) 0);
    }
  }

  /**
   * Makes a proposed version the active one.
   *
   * @throws KeyConfigException a member is in the way that is not left behind
   */
  void activate(String name, int version, List<UUID> without) {
    MasterKeyVersion proposed = requireOpen(name, version);
    Map<UUID, String> members = surroundings.members().get();
    for (UUID host : without) {
      if (!members.containsKey(host)) {
        throw new KeyConfigException(
            "%s is no node of this cluster, so it cannot be left behind; nodes are %s"
                .formatted(host, members));
      }
    }
    MasterAgreement agreement = agreement(proposed, members).without(without);
    if (!agreement.isComplete()) {
      throw new KeyConfigException(
          "%s is not activated: %s. Give them the key and run 'cassandra-tde masterkey fetch %s' for them, or leave them behind by --without"
              .formatted(proposed, agreement.problems(members), name));
    }
    if (!rows.activate(proposed, surroundings.clock().instant())) {
      throw notOpen(name, version);
    }
    logger.info("{} is active; left behind: {}", proposed, without);
  }

  void abort(String name, int version) {
    if (!rows.abort(requireOpen(name, version))) {
      throw notOpen(name, version);
    }
    logger.info("Version {} of master key {} is aborted", version, name);
  }

  private MasterKeyVersion requireOpen(String name, int version) {
    MasterKeyVersion open = open(rows.of(name));
    if (open == null || open.version() != version) {
      throw notOpen(name, version);
    }
    return open;
  }

  private static KeyConfigException notOpen(String name, int version) {
    return new KeyConfigException(
        "version %d of master key %s is not proposed (any more)".formatted(version, name));
  }
}
