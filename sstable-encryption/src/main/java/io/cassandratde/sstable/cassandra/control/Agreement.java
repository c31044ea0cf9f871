package io.cassandratde.sstable.cassandra.control;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * What the nodes' reports on one key come to.
 *
 * @param reports by host: check value or failure, also of nodes that are not alive any more
 * @param awaited live nodes that have not got the key
 * @param different whether two nodes got different keys
 */
record Agreement(Map<UUID, String> reports, Set<UUID> awaited, boolean different) {

  static Agreement of(List<KeyReport> reports, Set<UUID> live) {
    Map<UUID, String> said = new TreeMap<>();
    Set<UUID> awaited = new TreeSet<>(live);
    Set<String> checkValues = new TreeSet<>();
    for (KeyReport report : reports) {
      said.put(report.host(), report.toString());
      if (report.isDone()) {
        awaited.remove(report.host());
      }
      if (report.has()) {
        checkValues.add(report.checkValue());
      }
    }
    return new Agreement(said, awaited, checkValues.size() > 1);
  }

  boolean isComplete() {
    return awaited.isEmpty() && !different;
  }

  /** Of each node that is waited for, what it said. */
  String missing() {
    Map<UUID, String> missing = new TreeMap<>();
    awaited.forEach(host -> missing.put(host, reports.getOrDefault(host, "no word from it")));
    return "nodes (host id=reason) " + missing;
  }
}
