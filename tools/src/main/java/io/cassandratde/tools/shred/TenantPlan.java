package io.cassandratde.tools.shred;

import io.cassandratde.tools.cluster.BackupHold;
import io.cassandratde.tools.cluster.ClusterInventory;
import io.cassandratde.tools.cluster.KeyUse;
import io.cassandratde.tools.output.Bytes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Which keys the files of a keyspace need, and what else needs them: from what all nodes say that
 * their disks hold.
 *
 * @param uses files of the keyspace
 * @param emptied what shares a key and is brought from under it without anybody's data going
 * @param shared what else needs a key, so that the key must stay
 * @param unknown what may need a key
 */
public record TenantPlan(
    String keyspace,
    List<TenantKey> keys,
    List<Located> uses,
    List<String> emptied,
    List<String> shared,
    List<String> unknown) {

  /** They go when they are delivered, and read. */
  private static final Set<String> DELIVERED = Set.of("hints", "cdc");

  /** Files on one node. */
  public record Located(String node, KeyUse use) {}

  public TenantPlan {
    keys = List.copyOf(keys);
    uses = List.copyOf(uses);
    emptied = List.copyOf(emptied);
    shared = List.copyOf(shared);
    unknown = List.copyOf(unknown);
  }

  /**
   * Draws it up.
   *
   * @param known keys that an earlier run found, whose files may be gone by now
   * @param isErasable whether keys of this group are in a server that can be asked to destroy them
   * @param holds of registered backups, those that have ended left out
   */
  public static TenantPlan of(
      String keyspace,
      ClusterInventory inventory,
      Collection<TenantKey> known,
      Predicate<String> isErasable,
      Collection<BackupHold> holds) {
    Set<TenantKey> keys = new TreeSet<>(known);
    List<Located> uses = new ArrayList<>();
    Set<String> unknown = new LinkedHashSet<>(inventory.openItems());
    for (ClusterInventory.Told node : inventory.told()) {
      for (KeyUse use : node.inventory().uses()) {
        if (keyspace.equals(use.keyspace())) {
          uses.add(new Located(node.node(), use));
          keys.add(new TenantKey(use.group(), use.keyId(), use.checkValue()));
        }
      }
    }
    Set<String> emptied = new LinkedHashSet<>();
    Set<String> shared = new LinkedHashSet<>();
    for (TenantKey key : keys) {
      if (!isErasable.test(key.group())) {
        unknown.add(
            "%s is in no KMIP group of this configuration, so it cannot be destroyed from here"
                .formatted(key));
      }
      for (ClusterInventory.Told node : inventory.told()) {
        for (KeyUse use : node.inventory().uses()) {
          if (!key.isNeededBy(use) || keyspace.equals(use.keyspace())) {
            continue;
          }
          (use.isReleasable() || DELIVERED.contains(use.place()) ? emptied : shared)
              .add(node.node() + ": " + text(use) + " needs " + key);
        }
      }
      for (BackupHold hold : holds) {
        if (key.isNeededBy(hold)) {
          shared.add(
              "backup %s is held until %s and needs %s"
                  .formatted(hold.name(), hold.holdUntil(), key));
        }
      }
    }
    return new TenantPlan(
        keyspace,
        List.copyOf(keys),
        uses,
        List.copyOf(emptied),
        List.copyOf(shared),
        List.copyOf(unknown));
  }

  static String text(KeyUse use) {
    String table = use.keyspace() == null ? "" : use.keyspace() + "." + use.table() + " ";
    String where = use.snapshot().isEmpty() ? use.place() : "snapshot " + use.snapshot();
    return String.format(
        Locale.ROOT, "%s(%s: %d files, %s)", table, where, use.files(), Bytes.print(use.bytes()));
  }

  /** Whether nothing speaks against going on. */
  boolean isClear() {
    return shared.isEmpty() && unknown.isEmpty();
  }

  /** Of the keyspace, in one place of the nodes, by what names them there. */
  List<String> found(String place) {
    TreeMap<String, Long> files = new TreeMap<>();
    for (Located each : uses) {
      if (each.use().place().equals(place)) {
        String name = each.use().snapshot();
        files.merge(
            each.node() + ": " + each.use().table() + (name.isEmpty() ? "" : " " + name),
            each.use().files(),
            Long::sum);
      }
    }
    return files.entrySet().stream().map(e -> e.getKey() + ": " + e.getValue() + " files").toList();
  }
}
