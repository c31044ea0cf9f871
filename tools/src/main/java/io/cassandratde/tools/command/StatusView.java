package io.cassandratde.tools.command;

import io.cassandratde.tools.cluster.ClusterStatus;
import io.cassandratde.tools.cluster.CurrentKey;
import io.cassandratde.tools.cluster.FencedKey;
import io.cassandratde.tools.cluster.KeyStage;
import io.cassandratde.tools.cluster.NodeOperation;
import io.cassandratde.tools.cluster.NodeStatus;
import io.cassandratde.tools.jmx.NodeConnection;
import io.cassandratde.tools.output.Bytes;
import io.cassandratde.tools.output.Json;
import io.cassandratde.tools.output.TextTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A cluster's status as {@code status} prints it; docs/CLI.md describes the JSON. */
record StatusView(ClusterStatus status) {

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    TextTable keys = new TextTable(List.of("Key spec", "Current key", "Nodes", ""));
    status
        .currentKeys()
        .forEach(
            (spec, byKey) ->
                byKey.forEach(
                    (key, nodes) ->
                        keys.row(
                            List.of(
                                spec,
                                key,
                                String.join(" ", nodes),
                                byKey.size() == 1 ? "" : "NODES DISAGREE"))));
    section(lines, "Current keys", keys);
    TextTable troubles = new TextTable(List.of("Node", "Key spec", "Trouble"));
    TextTable operations =
        new TextTable(List.of("Node", "Kind", "Key ID", "State", "SSTables", "Bytes", "Failures"));
    TextTable fences = new TextTable(List.of("Node", "Key ID", "Since", "Live SSTables"));
    TextTable upgrades = new TextTable(List.of("Node", "Table", "Done", "Bytes"));
    for (NodeStatus node : status.nodes()) {
      node.current().forEach(key -> trouble(troubles, node, key));
      node.operations().forEach(one -> operations.row(row(node, one)));
      for (FencedKey fence : node.fences()) {
        fences.row(
            List.of(
                node.node(),
                fence.keyId(),
                fence.since().toString(),
                Long.toString(fence.liveSSTables())));
      }
      for (NodeConnection.Rewrite rewrite : node.upgrades()) {
        upgrades.row(
            List.of(
                node.node(),
                rewrite.keyspace() + "." + rewrite.table(),
                Math.round(rewrite.fraction() * 100) + " %",
                Bytes.print(rewrite.bytes())));
      }
    }
    section(lines, "Keys with troubles", troubles);
    TextTable stages = new TextTable(List.of("Key spec", "Key ID", "Stage", "Since", "Awaited"));
    for (KeyStage stage : status.stages()) {
      stages.row(
          List.of(
              stage.spec(),
              stage.keyId(),
              stage.stage(),
              stage.proposedAt(),
              String.join(" ", stage.awaited())));
    }
    section(lines, "New keys", stages);
    if (status.stagesFailure() != null) {
      lines.add("New keys: not known");
    }
    section(lines, "Operations", operations);
    section(lines, "Fences", fences);
    section(lines, "SSTables being rewritten", upgrades);
    return lines;
  }

  private static void section(List<String> lines, String title, TextTable table) {
    List<String> of = table.lines();
    if (of.size() == 1) {
      lines.add(title + ": none");
      return;
    }
    lines.add(title + ":");
    of.forEach(line -> lines.add("  " + line));
  }

  private static void trouble(TextTable troubles, NodeStatus node, CurrentKey key) {
    List<String> what = new ArrayList<>();
    if (!key.sealing()) {
      what.add("flushes wait for a key");
    }
    if (key.stale()) {
      what.add("older than key_cache_max_stale");
    }
    if (key.lastFailure() != null) {
      what.add(key.lastFailure());
    }
    if (!what.isEmpty()) {
      troubles.row(List.of(node.node(), key.spec(), String.join("; ", what)));
    }
  }

  private static List<String> row(NodeStatus node, NodeOperation one) {
    return List.of(
        node.node(),
        one.kind(),
        one.keyId(),
        one.state().name(),
        one.sstablesDone() + " of " + one.sstables(),
        Bytes.print(one.bytesDone()) + " of " + Bytes.print(one.bytes()),
        Long.toString(one.failureCount()));
  }

  Map<String, @Nullable Object> json(Instant at) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("format", "cassandra-tde-status");
    tree.put("version", 1);
    tree.put("at", at.toString());
    tree.put("agreed", status.currentKeys().values().stream().allMatch(keys -> keys.size() == 1));
    tree.put("current_keys", status.currentKeys());
    tree.put("new_keys", status.stages().stream().map(StatusView::tree).toList());
    tree.put("new_keys_failure", status.stagesFailure());
    tree.put("nodes", status.nodes().stream().map(StatusView::tree).toList());
    return tree;
  }

  private static Map<String, @Nullable Object> tree(KeyStage stage) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("spec", stage.spec());
    tree.put("group", stage.group());
    tree.put("key", stage.keyId());
    tree.put("stage", stage.stage());
    tree.put("proposed_by", stage.proposedBy());
    tree.put("proposed_at", stage.proposedAt());
    tree.put("awaited", stage.awaited());
    return tree;
  }

  private static Map<String, @Nullable Object> tree(NodeStatus node) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("node", node.node());
    tree.put("host_id", node.hostId());
    tree.put("rack", node.place());
    tree.put("failure", node.failure());
    tree.put("current_keys", node.current().stream().map(StatusView::tree).toList());
    tree.put("operations", node.operations().stream().map(StatusView::tree).toList());
    tree.put(
        "fences",
        node.fences().stream()
            .map(
                fence ->
                    Map.of(
                        "group", fence.group(),
                        "key", fence.keyId(),
                        "id", fence.id(),
                        "since", fence.since().toString(),
                        "live_sstables", fence.liveSSTables()))
            .toList());
    tree.put(
        "rewrites",
        node.upgrades().stream()
            .map(
                rewrite ->
                    Map.of(
                        "keyspace", rewrite.keyspace(),
                        "table", rewrite.table(),
                        "fraction", rewrite.fraction(),
                        "bytes", rewrite.bytes()))
            .toList());
    return tree;
  }

  private static Map<String, @Nullable Object> tree(CurrentKey key) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("provider", key.provider());
    tree.put("group", key.group());
    tree.put("namespace", key.namespace());
    tree.put("cipher", key.cipher());
    tree.put("key", key.keyId());
    tree.put("sealing", key.sealing());
    tree.put("stale", key.stale());
    tree.put("last_failure", key.lastFailure());
    return tree;
  }

  private static Map<String, @Nullable Object> tree(NodeOperation one) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("id", one.id());
    tree.put("kind", one.kind());
    tree.put("group", one.group());
    tree.put("key", one.keyId());
    tree.put("tables", one.tables());
    tree.put("state", one.state().name());
    tree.put("started", Json.instant(one.started()));
    tree.put("ended", Json.instant(one.ended()));
    tree.put("sstables", one.sstables());
    tree.put("sstables_done", one.sstablesDone());
    tree.put("bytes", one.bytes());
    tree.put("bytes_done", one.bytesDone());
    tree.put("failures", one.failureCount());
    return tree;
  }
}
