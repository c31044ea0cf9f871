package io.cassandratde.tools.cluster;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What needs one key, on all nodes that told.
 *
 * @param currentOn nodes that seal under it
 * @param nodes nodes that need it
 * @param places what needs it, by place; places where nothing does are absent
 */
public record KeyTotals(
    KeyName key,
    String checkValue,
    List<String> currentOn,
    List<String> nodes,
    Map<String, Amount> places) {

  public record Amount(long files, long bytes) {
    public static final Amount NONE = new Amount(0, 0);

    public Amount plus(Amount other) {
      return new Amount(files + other.files, bytes + other.bytes);
    }
  }

  /** Ordered by group, id and check value: equal ids may be different keys (docs/RULES.md R2). */
  public static List<KeyTotals> of(ClusterInventory inventory, Predicate<KeyUse> wanted) {
    record Identity(KeyName key, String checkValue) {}
    Comparator<Identity> order =
        Comparator.comparing(Identity::key).thenComparing(Identity::checkValue);
    Map<Identity, Building> byKey = new TreeMap<>(order);
    for (ClusterInventory.Told node : inventory.told()) {
      for (KeyUse use : node.inventory().uses()) {
        if (wanted.test(use)) {
          Identity identity = new Identity(use.key(), use.checkValue());
          byKey.computeIfAbsent(identity, none -> new Building()).add(node.node(), use);
        }
      }
    }
    List<KeyTotals> totals = new ArrayList<>();
    byKey.forEach((identity, of) -> totals.add(of.totals(identity.key(), identity.checkValue())));
    return totals;
  }

  private static final class Building {
    private final TreeSet<String> currentOn = new TreeSet<>();
    private final TreeSet<String> nodes = new TreeSet<>();
    private final Map<String, Amount> places = new TreeMap<>();

    void add(String node, KeyUse use) {
      nodes.add(node);
      if (use.current()) {
        currentOn.add(node);
      }
      places.merge(use.place(), new Amount(use.files(), use.bytes()), Amount::plus);
    }

    KeyTotals totals(KeyName key, String checkValue) {
      return new KeyTotals(
          key, checkValue, List.copyOf(currentOn), List.copyOf(nodes), new TreeMap<>(places));
    }
  }

  public Amount at(String place) {
    return places.getOrDefault(place, Amount.NONE);
  }

  /** In all other places than these. */
  public Amount besides(List<String> known) {
    return places.entrySet().stream()
        .filter(place -> !known.contains(place.getKey()))
        .map(Map.Entry::getValue)
        .reduce(Amount.NONE, Amount::plus);
  }

  public Amount total() {
    return besides(List.of());
  }
}
