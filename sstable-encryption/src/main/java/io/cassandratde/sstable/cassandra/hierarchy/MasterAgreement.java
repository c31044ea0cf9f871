package io.cassandratde.sstable.cassandra.hierarchy;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What nodes' reports on one version of a master key come to.
 *
 * @param said by host id: check value or failure, also of nodes that are no members any more
 * @param awaited members that have not reported, by host id with their addresses
 * @param differing members that do not have this key, by host id with what they say
 */
record MasterAgreement(
    Map<UUID, String> said, Map<UUID, String> awaited, Map<UUID, String> differing) {

  /**
   * Of these members, by host id with their addresses.
   *
   * @param checkValue of the key that is proposed
   */
  static MasterAgreement of(
      List<MasterKeyReport> reports, Map<UUID, String> members, String checkValue) {
    Map<UUID, String> said = new TreeMap<>();
    Map<UUID, String> awaited = new TreeMap<>(members);
    Map<UUID, String> differing = new TreeMap<>();
    for (MasterKeyReport report : reports) {
      said.put(report.host(), report.toString());
      if (awaited.remove(report.host()) != null && !report.checkValue().equals(checkValue)) {
        differing.put(report.host(), report.toString());
      }
    }
    return new MasterAgreement(said, awaited, differing);
  }

  /** Without those that are left behind. */
  MasterAgreement without(Collection<UUID> hosts) {
    return new MasterAgreement(said, less(awaited, hosts), less(differing, hosts));
  }

  private static Map<UUID, String> less(Map<UUID, String> map, Collection<UUID> hosts) {
    Map<UUID, String> less = new TreeMap<>(map);
    less.keySet().removeAll(Set.copyOf(hosts));
    return less;
  }

  boolean isComplete() {
    return awaited.isEmpty() && differing.isEmpty();
  }

  /** Each node that is in the way, and how. */
  String problems(Map<UUID, String> members) {
    Map<UUID, String> problems = new TreeMap<>(differing);
    awaited.keySet().forEach(host -> problems.put(host, "has not reported"));
    return problems.entrySet().stream()
        .map(
            each ->
                "node %s (%s): %s"
                    .formatted(
                        each.getKey(), members.getOrDefault(each.getKey(), "?"), each.getValue()))
        .collect(Collectors.joining("; "));
  }
}
