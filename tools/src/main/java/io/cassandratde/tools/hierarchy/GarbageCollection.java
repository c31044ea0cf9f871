package io.cassandratde.tools.hierarchy;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.cluster.ClusterInventory;
import io.cassandratde.tools.cluster.DataKeyInfo;
import io.cassandratde.tools.cluster.MasterKeyInfo;
import io.cassandratde.tools.cluster.SoughtKey;
import io.cassandratde.tools.destroy.DestroyProof;
import io.cassandratde.tools.destroy.KeyNeed;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.run.Display;
import io.cassandratde.tools.run.Patience;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Data keys that nothing needs go in two steps, so that what the first overlooks comes to light
 * before the second: unneeded by a reading of all disks, a key becomes deprecated; deprecated for
 * the retention, and unneeded still under a fence on every node, it goes (docs/RULES.md R25).
 */
public final class GarbageCollection {

  private final KeyHierarchy keys;
  private final ClusterNodes cluster;
  private final Patience patience;
  private final Display display;
  private final Consumer<String> warnings;
  private final Duration retention;

  public GarbageCollection(
      KeyHierarchy keys,
      ClusterNodes cluster,
      Patience patience,
      Display display,
      Consumer<String> warnings,
      Duration retention) {
    this.keys = keys;
    this.cluster = cluster;
    this.patience = patience;
    this.display = display;
    this.warnings = warnings;
    this.retention = retention;
  }

  /**
   * What is to be done.
   *
   * @param deprecated keys that nothing needs now
   * @param removed keys whose retention is over, and that nothing needs
   * @param revived deprecated keys that something needs after all
   * @param unwrapped keys with wraps under former master keys that are not needed to open them
   * @param kept why a key stays, by its id
   * @param open what could not be read, and may need any key
   */
  public record Plan(
      List<DataKeyInfo> deprecated,
      List<DataKeyInfo> removed,
      List<DataKeyInfo> revived,
      List<DataKeyInfo> unwrapped,
      Map<String, String> kept,
      List<String> open) {

    public boolean isEmpty() {
      return deprecated.isEmpty() && removed.isEmpty() && revived.isEmpty() && unwrapped.isEmpty();
    }

    /** Whether a node could not be asked, so that no key is unneeded for certain. */
    public boolean isOpen() {
      return !open.isEmpty();
    }

    public List<String> lines() {
      List<String> lines = new ArrayList<>();
      deprecated.forEach(
          key -> lines.add("key " + key.keyId() + ": nothing needs it: to become deprecated"));
      removed.forEach(
          key ->
              lines.add(
                  "key %s: deprecated since %s, and nothing needs it: to be removed"
                      .formatted(key.keyId(), key.changedAt())));
      revived.forEach(
          key ->
              lines.add(
                  "key " + key.keyId() + ": is deprecated, and needed: to be inactive again"));
      unwrapped.forEach(
          key ->
              lines.add(
                  "key %s: %d former wraps to be removed".formatted(key.keyId(), key.wraps() - 1)));
      kept.forEach((key, why) -> lines.add("key " + key + ": stays: " + why));
      open.forEach(item -> lines.add("NOT READ: " + item));
      if (lines.isEmpty()) {
        lines.add("No data key is left to look at.");
      }
      return lines;
    }
  }

  /** Has every node read its disk; changes nothing. */
  public Plan plan(List<DataKeyInfo> meant) throws CommandFailure, InterruptedException {
    Instant now = patience.now();
    ClusterInventory inventory = ClusterInventory.read(cluster);
    List<String> open = new ArrayList<>(inventory.openItems());
    cluster
        .unnamed()
        .forEach(
            member ->
                open.add(
                    member.endpoint() + ": a member of the cluster that was not asked: name it"));
    Map<String, Integer> active = MasterKeyInfo.active(keys.masterKeys());
    Plan plan =
        new Plan(
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new TreeMap<>(),
            List.copyOf(open));
    for (DataKeyInfo key : meant) {
      SoughtKey sought = sought(key);
      long uses =
          inventory.told().stream()
              .flatMap(node -> node.inventory().uses().stream())
              .filter(sought::isNeededBy)
              .count();
      sort(plan, key, uses, now);
      if (key.wraps() > 1
          && !plan.removed().contains(key)
          && active.containsKey(key.master())
          && !Rewrapping.needs(key, active)) {
        plan.unwrapped().add(key);
      }
    }
    return plan;
  }

  private void sort(Plan plan, DataKeyInfo key, long uses, Instant now) {
    if (key.is("DEPRECATED") && uses > 0) {
      plan.revived().add(key);
    } else if (uses > 0) {
      if (key.is("INACTIVE") || key.is("REKEYING")) {
        plan.kept().put(key.keyId(), "files need it: `keys rotate --full` rewrites them");
      }
    } else if (key.is("INACTIVE") || key.is("REKEYING")) {
      if (plan.isOpen()) {
        plan.kept().put(key.keyId(), "not everything could be read");
      } else {
        plan.deprecated().add(key);
      }
    } else if (key.is("DEPRECATED")) {
      Instant end = Instant.parse(key.changedAt()).plus(retention);
      if (plan.isOpen()) {
        plan.kept().put(key.keyId(), "not everything could be read");
      } else if (now.isBefore(end)) {
        plan.kept().put(key.keyId(), "deprecated; it may go from " + end + " on");
      } else {
        plan.removed().add(key);
      }
    }
  }

  private static SoughtKey sought(DataKeyInfo key) {
    return new SoughtKey(key.group(), Set.of(), key.keyId()).learn(key.checkValue());
  }

  /**
   * Proves once more, under a fence on every node, that nothing needs a key, and takes it away.
   *
   * @throws CommandFailure {@link ExitCode#STILL_NEEDED}
   */
  public void remove(DataKeyInfo key) throws Exception {
    DestroyProof proof = new DestroyProof(cluster, sought(key), patience, display, warnings);
    var unused =
        proof.fenced(
            () -> {
              require(key, proof.needs());
              require(key, proof.changes());
              keys.remove(key, retention.toSeconds());
              display.line("key " + key.keyId() + " is removed");
              return true;
            });
  }

  private void require(DataKeyInfo key, List<KeyNeed> needs) throws CommandFailure {
    needs.forEach(need -> display.line("  " + need));
    if (!needs.isEmpty()) {
      throw new CommandFailure(
          ExitCode.STILL_NEEDED,
          "data key %s stays: %d findings, listed above; the first: %s"
              .formatted(key.keyId(), needs.size(), needs.get(0)));
    }
  }

  /** All of the plan that removes no key. */
  public void carryOut(Plan plan) throws CommandFailure {
    for (DataKeyInfo key : plan.deprecated()) {
      keys.mark(key, "DEPRECATED");
      display.line("key " + key.keyId() + " is deprecated");
    }
    for (DataKeyInfo key : plan.revived()) {
      keys.mark(key, "INACTIVE");
      display.line("key " + key.keyId() + " is inactive");
    }
    for (DataKeyInfo key : plan.unwrapped()) {
      display.line(
          "key %s: %d former wraps removed".formatted(key.keyId(), keys.removeFormerWraps(key)));
    }
  }
}
