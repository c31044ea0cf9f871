package io.cassandratde.tools.command;

import io.cassandratde.tools.cluster.ClusterInventory;
import io.cassandratde.tools.cluster.KeyName;
import io.cassandratde.tools.cluster.KeyTotals;
import io.cassandratde.tools.cluster.KeyUse;
import io.cassandratde.tools.cluster.NodeInventory;
import io.cassandratde.tools.jmx.Member;
import io.cassandratde.tools.output.Bytes;
import io.cassandratde.tools.output.TextTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A cluster's inventory as {@code inventory} prints it; docs/CLI.md describes the JSON. */
record InventoryView(ClusterInventory inventory, Map<KeyName, String> states) {

  private static final List<String> PLACES =
      List.of("live", "snapshot", "backup", "commitlog", "cdc", "hints");

  List<String> lines(boolean byTable) {
    TextTable keys =
        new TextTable(
            List.of(
                "Group",
                "Key ID",
                "Check",
                "State",
                "Current on",
                "Nodes",
                "SSTables",
                "Bytes",
                "Snapshots",
                "Backups",
                "Commit log",
                "CDC",
                "Hints",
                "Others"));
    for (KeyTotals key : KeyTotals.of(inventory, use -> true)) {
      List<String> row = new ArrayList<>();
      row.add(key.key().group());
      row.add(key.key().keyId());
      row.add(key.checkValue());
      row.add(states.getOrDefault(key.key(), "n/a"));
      row.add(count(key.currentOn().size()));
      row.add(count(key.nodes().size()));
      row.add(count(key.at("live").files()));
      row.add(Bytes.print(key.at("live").bytes()));
      PLACES.stream().skip(1).forEach(place -> row.add(amount(key.at(place))));
      row.add(amount(key.besides(PLACES)));
      keys.row(row);
    }
    List<String> lines = new ArrayList<>(keys.lines());
    if (byTable) {
      lines.add("");
      lines.addAll(uses());
    }
    return lines;
  }

  private List<String> uses() {
    TextTable table =
        new TextTable(
            List.of(
                "Node", "Rack", "Table", "Key ID", "Place", "Files", "Bytes", "Being compacted"));
    for (ClusterInventory.Told node : inventory.told()) {
      for (KeyUse use : node.inventory().uses()) {
        table.row(
            List.of(
                node.node(),
                node.place() == null ? "?" : node.place(),
                use.keyspace() == null ? "-" : use.keyspace() + "." + use.table(),
                use.keyId(),
                use.place() + (use.snapshot().isEmpty() ? "" : " " + use.snapshot()),
                count(use.files()),
                Bytes.print(use.bytes()),
                count(use.compactingFiles())));
      }
    }
    return table.lines();
  }

  private static String count(long number) {
    return number == 0 ? "-" : Long.toString(number);
  }

  private static String amount(KeyTotals.Amount amount) {
    return amount.files() == 0 ? "-" : amount.files() + " (" + Bytes.print(amount.bytes()) + ")";
  }

  Map<String, @Nullable Object> json(Instant at, List<Member> left) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("format", "cassandra-tde-inventory");
    tree.put("version", 1);
    tree.put("at", at.toString());
    tree.put("complete", inventory.openItems().isEmpty() && left.isEmpty());
    tree.put("keys", KeyTotals.of(inventory, use -> true).stream().map(this::tree).toList());
    tree.put("nodes", inventory.nodes().stream().map(InventoryView::tree).toList());
    tree.put("not_asked", left.stream().map(InventoryView::tree).toList());
    return tree;
  }

  private Map<String, @Nullable Object> tree(KeyTotals key) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("group", key.key().group());
    tree.put("key", key.key().keyId());
    tree.put("check_value", key.checkValue());
    tree.put("state", states.get(key.key()));
    tree.put("current_on", key.currentOn());
    tree.put("nodes", key.nodes());
    Map<String, Object> places = new LinkedHashMap<>();
    key.places()
        .forEach(
            (place, of) -> places.put(place, Map.of("files", of.files(), "bytes", of.bytes())));
    tree.put("places", places);
    return tree;
  }

  private static Map<String, @Nullable Object> tree(ClusterInventory.Answer node) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("node", node.node());
    tree.put("host_id", node.hostId());
    tree.put("rack", node.place());
    if (node instanceof ClusterInventory.Told told) {
      NodeInventory inventory = told.inventory();
      tree.put("read_at", inventory.readAt().toString());
      tree.put("millis", inventory.millis());
      tree.put("complete", inventory.complete());
      tree.put("sstables", inventory.sstables());
      tree.put("sstables_in_clear", inventory.sstablesInClear());
      tree.put("uses", inventory.uses().stream().map(InventoryView::tree).toList());
      tree.put(
          "open_items",
          inventory.openItems().stream()
              .map(item -> Map.of("kind", item.kind(), "path", item.path(), "what", item.what()))
              .toList());
    } else if (node instanceof ClusterInventory.Silent silent) {
      tree.put("failure", silent.reason());
    }
    return tree;
  }

  private static Map<String, @Nullable Object> tree(KeyUse use) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("group", use.group());
    tree.put("key", use.keyId());
    tree.put("check_value", use.checkValue());
    tree.put("current", use.current());
    tree.put("place", use.place());
    tree.put("keyspace", use.keyspace());
    tree.put("table", use.table());
    tree.put("snapshot", use.snapshot().isEmpty() ? null : use.snapshot());
    tree.put("files", use.files());
    tree.put("compacting_files", use.compactingFiles());
    tree.put("bytes", use.bytes());
    return tree;
  }

  private static Map<String, @Nullable Object> tree(Member member) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("endpoint", member.endpoint());
    tree.put("host_id", member.hostId());
    tree.put("rack", member.place());
    tree.put("up", member.isUp());
    return tree;
  }
}
