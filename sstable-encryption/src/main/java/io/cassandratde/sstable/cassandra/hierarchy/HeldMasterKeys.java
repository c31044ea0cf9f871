package io.cassandratde.sstable.cassandra.hierarchy;

import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.WrongKeyException;
import io.cassandratde.keys.master.DamagedWrapException;
import io.cassandratde.keys.master.MasterKeys;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which versions of master keys this node has, by its own sources, and what it tells of them. */
final class HeldMasterKeys {

  private static final Logger logger = LoggerFactory.getLogger(HeldMasterKeys.class);

  /** Between two looks of a node that lacks a key, which may be in a device. */
  private static final Duration AGAIN = Duration.ofSeconds(15);

  private final MasterKeyRows rows;
  private final MasterSources sources;
  private final Supplier<UUID> self;
  private final Supplier<String> address;
  private final InstantSource clock;
  private final SeenVersions seen;

  /** Ids of the canaries that opened here. */
  private final Set<UUID> opened = ConcurrentHashMap.newKeySet();

  private final Map<UUID, MasterKeyReport> reported = new HashMap<>();
  private final Map<UUID, Instant> tried = new HashMap<>();

  HeldMasterKeys(
      MasterKeyRows rows,
      MasterSources sources,
      Supplier<UUID> self,
      Supplier<String> address,
      InstantSource clock,
      SeenVersions seen) {
    this.rows = rows;
    this.sources = sources;
    this.self = self;
    this.address = address;
    this.clock = clock;
    this.seen = seen;
  }

  String describe(String name) {
    return sources.describe(name);
  }

  /** Throws if this node does not have this version; what opened once is not asked for again. */
  void require(MasterKeyVersion version, MasterKeys source) {
    if (!opened.contains(version.canaryId())) {
      requireAnew(version, source);
    }
  }

  /**
   * As {@link #require}, by the source itself.
   *
   * @throws KeyException it does not have the key, or cannot be asked
   */
  void requireAnew(MasterKeyVersion version, MasterKeys source) {
    opened.remove(version.canaryId());
    source.askAnew();
    try {
      var unused = source.unwrap(version.canary(), version.binding(), material -> true);
    } catch (DamagedWrapException e) {
      throw new WrongKeyException(String.valueOf(e.getMessage()));
    }
    opened.add(version.canaryId());
  }

  /** What this node has of this version, now: one that is proposed, or the active one. */
  private MasterKeyReport look(MasterKeyVersion version, MasterKeys source) {
    String checkValue = "";
    String failure = "";
    boolean active = version.state() == MasterKeyVersion.State.ACTIVE;
    try {
      if (active) {
        seen.requireNotEarlier(version);
      }
      requireAnew(version, source);
      if (active) {
        seen.saw(version);
      }
      checkValue = DataKeyRows.hex(version.canary().masterKey().checkValue());
    } catch (KeyException e) {
      failure = offered(version, source) + e.getMessage();
    } catch (RuntimeException e) {
      failure = e.toString(); // of a source that fails in a way of its own: told as any other
    }
    return new MasterKeyReport(self.get(), address.get(), checkValue, failure);
  }

  private static String offered(MasterKeyVersion version, MasterKeys source) {
    try {
      KeyReference offered = source.current();
      return offered.equals(version.reference())
          ? ""
          : "it has %s and not %s: ".formatted(offered, version.reference());
    } catch (KeyException e) {
      return "";
    }
  }

  /**
   * Reports this version unless that was done; a node that lacks it looks again from time to time.
   */
  synchronized void report(MasterKeyVersion version, MasterKeys source) {
    MasterKeyReport before = reported.get(version.canaryId());
    Instant last = tried.get(version.canaryId());
    boolean active = version.state() == MasterKeyVersion.State.ACTIVE;
    boolean earlier = active && version.version() < seen.highest(version.name());
    boolean has = before != null && !before.checkValue().isEmpty() && !earlier;
    if (has && active) {
      seen.saw(version); // reported when it was proposed
    }
    if (!has && (last == null || !last.plus(AGAIN).isAfter(clock.instant()))) {
      var unused = reportAnew(version, source);
    }
  }

  /** How many active master keys the last look did not find here. */
  long lacking(HierarchyView view) {
    return view.names().stream()
        .map(name -> MasterKeyVersions.active(view.of(name)))
        .filter(active -> active != null && lacks(active))
        .count();
  }

  /** Whether the last look found that this node does not have this version. */
  synchronized boolean lacks(MasterKeyVersion version) {
    MasterKeyReport last = reported.get(version.canaryId());
    return last != null && last.checkValue().isEmpty();
  }

  /** Looks now, and reports. */
  synchronized MasterKeyReport reportAnew(MasterKeyVersion version, MasterKeys source) {
    MasterKeyReport now = look(version, source);
    tried.put(version.canaryId(), clock.instant());
    rows.report(version, now, clock.instant());
    if (!now.equals(reported.put(version.canaryId(), now))) {
      tell(version, now);
    }
    return now;
  }

  /** Reports what its own source cannot even be found for. */
  void report(MasterKeyVersion version) {
    MasterKeys source;
    try {
      source = sources.of(version.name());
    } catch (KeyException e) {
      source = new NoMasterKeys(e);
    }
    report(version, source);
  }

  private static void tell(MasterKeyVersion version, MasterKeyReport report) {
    if (report.failure().isEmpty()) {
      logger.info("This node has {}", version);
    } else if (version.state() == MasterKeyVersion.State.ACTIVE) {
      logger.error(
          "The cluster wraps keys by {}, which this node does not have, so it wraps none and makes"
              + " no new data keys: {}. Make the key available to this node, then run"
              + " 'cassandra-tde masterkey fetch {}' for it",
          version,
          report.failure(),
          version.name());
    } else {
      logger.warn("{} is proposed, and this node does not have it: {}", version, report.failure());
    }
  }
}
