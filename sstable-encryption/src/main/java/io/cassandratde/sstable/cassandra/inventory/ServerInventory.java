package io.cassandratde.sstable.cassandra.inventory;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.runtime.TdeRuntime;
import io.cassandratde.sstable.cassandra.ebti.NewSSTable;
import io.cassandratde.sstable.inventory.Depth;
import io.cassandratde.sstable.inventory.DiskInventory;
import io.cassandratde.sstable.inventory.GroupNames;
import io.cassandratde.sstable.inventory.KeyNeed;
import io.cassandratde.sstable.inventory.LiveSSTable;
import io.cassandratde.sstable.inventory.Needs;
import io.cassandratde.sstable.inventory.NodeInventory;
import io.cassandratde.sstable.inventory.Place;
import io.cassandratde.sstable.inventory.Problem;
import io.cassandratde.sstable.inventory.TablePath;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The inventory of this node's disk, joined with what Cassandra does with its SSTables and which
 * keys are current. Readings are taken by a timer, by operators, and by queries that find the last
 * one too old; by one thread at a time.
 */
final class ServerInventory {

  private final DiskInventory disk;
  private final TdeRuntime runtime;
  private volatile @Nullable Reading last;
  private @Nullable Reading lastOfAll;

  ServerInventory(DiskInventory disk, TdeRuntime runtime) {
    this.disk = disk;
    this.runtime = runtime;
  }

  /** One reading; {@code nanos}: when it began, by the clock that nobody sets. */
  record Reading(
      NodeInventory disk,
      List<KeyUseStatus> uses,
      Map<Path, TrackedSSTables.Use> tracked,
      long nanos) {

    Duration age() {
      return Duration.ofNanos(System.nanoTime() - nanos);
    }
  }

  private record Bin(KeyReference key, TablePath table) {}

  /** Reads now. */
  synchronized Reading read(Depth depth) {
    long began = System.nanoTime();
    NodeInventory found = withoutGrowing(disk.read(depth));
    TrackedSSTables tracked = TrackedSSTables.now();
    Map<Path, TrackedSSTables.Use> uses = new HashMap<>();
    Map<Bin, Long> compacting = new HashMap<>();
    for (LiveSSTable sstable : found.live()) {
      TrackedSSTables.Use use = tracked.of(sstable);
      uses.put(sstable.data(), use);
      if (use == TrackedSSTables.Use.COMPACTING) {
        for (KeyReference key : sstable.needs().keys().keySet()) {
          compacting.merge(new Bin(key, sstable.table()), 1L, Long::sum);
        }
      }
    }
    Reading reading = new Reading(found, uses(found, compacting), uses, began);
    last = reading;
    if (depth == Depth.HEADERS) {
      lastOfAll = reading;
    }
    return reading;
  }

  /**
   * An SSTable that this node writes is no open item: its carrier names the keys of what is there,
   * and what comes is sealed under keys that are current then. Else no proof on a node that always
   * compacts something would ever be complete.
   */
  private static NodeInventory withoutGrowing(NodeInventory found) {
    Set<Path> growing = new HashSet<>();
    for (LiveSSTable sstable : found.live()) {
      if (!sstable.needs().finished()
          && sstable.needs().form() == Needs.Form.SEALED
          && NewSSTable.isBeingWritten(TrackedSSTables.withoutLinks(sstable.data()))) {
        growing.add(sstable.data());
      }
    }
    return growing.isEmpty()
        ? found
        : found.without(
            item -> item.kind() == Problem.Kind.UNFINISHED && growing.contains(item.path()));
  }

  private List<KeyUseStatus> uses(NodeInventory found, Map<Bin, Long> compacting) {
    GroupNames groups = groups();
    Set<KeyReference> current = currentKeys();
    List<KeyUseStatus> uses = new ArrayList<>();
    for (KeyNeed need : found.needs()) {
      KeyReference key = need.key();
      if (key != null) {
        long busy =
            need.place() == Place.LIVE
                ? compacting.getOrDefault(new Bin(key, need.table()), 0L)
                : 0;
        uses.add(new KeyUseStatus(key, group(groups, key), current.contains(key), need, busy));
      }
    }
    return List.copyOf(uses);
  }

  /** The last reading; null before the first. */
  @Nullable Reading last() {
    return last;
  }

  /** The last reading if it is not older than this, else a new one. */
  Reading notOlderThan(Duration limit) {
    Reading known = last;
    if (known != null && known.age().compareTo(limit) <= 0) {
      return known;
    }
    synchronized (this) {
      known = last; // another thread has read meanwhile
      return known != null && known.age().compareTo(limit) <= 0 ? known : read(Depth.EDGES);
    }
  }

  /** The same of readings that name every key of every file. */
  synchronized Reading ofAllNotOlderThan(Duration limit) {
    Reading known = lastOfAll;
    return known != null && known.age().compareTo(limit) <= 0 ? known : read(Depth.HEADERS);
  }

  /** Keys that the node seals under now. */
  Set<KeyReference> currentKeys() {
    return Set.copyOf(runtime.keys().sealing().values());
  }

  List<Path> directories(Place place) {
    return disk.roots(place);
  }

  TdeRuntime runtime() {
    return runtime;
  }

  GroupNames groups() {
    return new GroupNames(runtime.groups());
  }

  static String group(GroupNames groups, KeyReference key) {
    return groups.name(key.groupTag(), Map.of());
  }

  static boolean isInClear(LiveSSTable sstable) {
    return sstable.needs().form() == Needs.Form.PLAIN;
  }
}
