package io.cassandratde.e2e;

import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Three nodes of one cluster, of which some run. */
record Ring(List<CassandraNode> nodes) {

  /**
   * For cassandra.yaml: the nodes take turns around the ring, so that each has rows to give to each
   * other.
   */
  static String tokens(int node) {
    long step = Long.divideUnsigned(-1, 12);
    return "initial_token: "
        + IntStream.range(0, 4)
            .mapToObj(turn -> String.valueOf(Long.MIN_VALUE + 1 + step * (3 * turn + node)))
            .collect(Collectors.joining(",", "'", "'\n"));
  }

  List<CassandraNode> running() {
    return nodes.stream().filter(CassandraNode::isRunning).toList();
  }

  /** A node that has started takes the others for dead until it hears of them. */
  void awaitEachSeesAll() {
    List<String> all = running().stream().map(CassandraNode::address).sorted().toList();
    for (CassandraNode node : running()) {
      Await.until(
          all + " are up for " + node,
          () ->
              node.jmx().attribute("org.apache.cassandra.db:type=StorageService", "LiveNodes")
                      instanceof List<?> live
                  && live.stream().map(String::valueOf).sorted().toList().equals(all));
    }
  }

  /** All others know that it is gone, and ask it for nothing more. */
  void awaitSeenDown(CassandraNode gone) {
    for (CassandraNode node : running()) {
      Await.until(
          gone + " is down for " + node,
          () ->
              node.jmx()
                          .attribute(
                              "org.apache.cassandra.db:type=StorageService", "UnreachableNodes")
                      instanceof List<?> down
                  && down.contains(gone.address()));
    }
  }

  /** Changes the schema, and waits until every node that runs has it. */
  void define(String statement) {
    running().get(0).execute(statement);
    Await.until(
        "agreement on " + statement,
        () ->
            running().stream()
                    .map(node -> node.execute("SELECT schema_version FROM system.local").one())
                    .map(row -> String.valueOf(row == null ? null : row.getUuid(0)))
                    .distinct()
                    .count()
                == 1);
  }
}
