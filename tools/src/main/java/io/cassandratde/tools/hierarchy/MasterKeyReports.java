package io.cassandratde.tools.hierarchy;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.cluster.MasterKeyInfo;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.jmx.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the nodes say of one version of a master key.
 *
 * @param nodes by name: null: it has the same key; else what speaks against it
 */
public record MasterKeyReports(MasterKeyInfo key, Map<String, @Nullable String> nodes) {

  /**
   * As a node of the cluster tells it.
   *
   * @throws CommandFailure there is no such version
   */
  public static MasterKeyReports of(
      KeyHierarchy keys, ClusterNodes cluster, String name, int version) throws CommandFailure {
    return keys.masterKeys().stream()
        .filter(key -> key.name().equals(name) && key.version() == version)
        .findFirst()
        .map(key -> of(key, cluster))
        .orElseThrow(
            () ->
                new CommandFailure(
                    ExitCode.NOT_FOUND,
                    "master key %s has no version %d; `masterkey status` shows those there are"
                        .formatted(name, version)));
  }

  public static MasterKeyReports of(MasterKeyInfo key, ClusterNodes cluster) {
    Map<String, @Nullable String> nodes = new TreeMap<>();
    key.reports()
        .forEach(
            (host, report) -> {
              if (!hasLeft(cluster, host)) {
                nodes.put(
                    name(cluster, host),
                    report.equals(key.checkValue())
                        ? null
                        : report.matches("[0-9a-f]{8}")
                            ? "has another key, check value " + report
                            : report);
              }
            });
    key.awaited()
        .forEach(
            host -> {
              Member member = cluster.member(host);
              nodes.put(
                  name(cluster, host),
                  member != null && !member.isUp() ? "is down and has not said" : "has not said");
            });
    return new MasterKeyReports(key, nodes);
  }

  /** What it said stays in the table, and counts no more: as for the nodes themselves. */
  private static boolean hasLeft(ClusterNodes cluster, String host) {
    return !cluster.members().isEmpty() && cluster.member(host) == null;
  }

  private static String name(ClusterNodes cluster, String host) {
    Member member = cluster.member(host);
    return member == null ? host : member.endpoint() + " (" + host + ")";
  }

  /** Null: nothing speaks against activating it. */
  public @Nullable String objection() {
    List<String> against = new ArrayList<>();
    nodes.forEach(
        (node, what) -> {
          if (what != null) {
            against.add(node + ": " + what);
          }
        });
    return against.isEmpty() ? null : String.join("; ", against);
  }

  public List<String> lines() {
    return nodes.entrySet().stream()
        .map(
            node ->
                "  " + node.getKey() + ": " + Objects.requireNonNullElse(node.getValue(), "same"))
        .toList();
  }
}
