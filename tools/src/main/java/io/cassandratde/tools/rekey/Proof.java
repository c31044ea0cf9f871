package io.cassandratde.tools.rekey;

import io.cassandratde.tools.cluster.KeyUse;
import io.cassandratde.tools.cluster.NodeInventory;
import io.cassandratde.tools.cluster.OpenItem;
import io.cassandratde.tools.cluster.OutOfSight;
import io.cassandratde.tools.output.Bytes;
import io.cassandratde.tools.output.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether anything needs the key, as every node read its disk at the end.
 *
 * @param at when the first of these readings was asked for
 */
public record Proof(
    RekeyRequest request, @Nullable String newKeyId, Instant at, List<NodeProof> nodes) {

  /**
   * Of one node.
   *
   * @param hostId null where it was never reached, as the rack
   * @param inventory null: it said nothing
   * @param fenced since when the node begins nothing under the key; null: no fence stands there
   * @param openItems why nothing is proved of it; none: it is
   */
  public record NodeProof(
      String node,
      @Nullable String hostId,
      @Nullable String rack,
      @Nullable NodeInventory inventory,
      @Nullable Instant fenced,
      List<KeyUse> uses,
      List<String> openItems) {

    boolean isProven() {
      return openItems.isEmpty();
    }
  }

  /**
   * What the nodes' readings prove.
   *
   * @param fenced by host id
   */
  static Proof of(RekeyContext run, Instant at, Reading reading, Map<String, Instant> fenced) {
    List<NodeProof> nodes = new ArrayList<>();
    for (Reading.Told told : reading.told()) {
      List<KeyUse> uses = told.uses(run.key());
      List<String> open = new ArrayList<>();
      uses.forEach(use -> open.add(text(use) + run.key().otherName(use)));
      for (OpenItem item : told.inventory().openItems()) {
        open.add("not read, so it may need any key: " + item);
      }
      if (!told.inventory().complete() && told.inventory().openItems().isEmpty()) {
        open.add("not everything was read");
      }
      if (!open.isEmpty()) {
        open.addAll(run.troubles().of(told.node().name()));
      }
      nodes.add(
          new NodeProof(
              told.node().name(),
              told.node().hostId(),
              told.node().rack(),
              told.inventory(),
              fenced.get(told.node().hostId()),
              uses,
              List.copyOf(open)));
    }
    reading
        .silent()
        .forEach(
            (node, why) ->
                nodes.add(
                    new NodeProof(
                        node,
                        null,
                        null,
                        null,
                        null,
                        List.of(),
                        List.of("was not asked: " + why))));
    return new Proof(run.request(), run.state().newKeyId(), at, nodes);
  }

  static String text(KeyUse use) {
    String table = use.keyspace() == null ? "" : " of " + use.keyspace() + "." + use.table();
    return switch (use.place()) {
      case "live" -> "%d live SSTables%s (%s)".formatted(use.files(), table, size(use));
      case "snapshot" ->
          "snapshot %s%s: %d SSTables (%s); --include-snapshots clear"
              .formatted(use.snapshot(), table, use.files(), size(use));
      case "backup" ->
          "incremental backups%s: %d SSTables (%s); move them away"
              .formatted(table, use.files(), size(use));
      case "cdc" ->
          "change data: %d segments; they go when their consumer is done".formatted(use.files());
      case "hints" -> "hints: %d files; they go when their targets are up".formatted(use.files());
      default -> "%s%s: %d files (%s)".formatted(use.place(), table, use.files(), size(use));
    };
  }

  private static String size(KeyUse use) {
    return Bytes.print(use.bytes());
  }

  public boolean isProven() {
    return !nodes.isEmpty() && nodes.stream().allMatch(NodeProof::isProven);
  }

  /** As {@code docs/CLI.md} describes it. */
  String json() {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("format", "cassandra-tde-rekey-proof");
    tree.put("version", 1);
    tree.put("group", request.group());
    tree.put("key", request.keyId());
    tree.put("new_key", newKeyId);
    tree.put("at", at.toString());
    tree.put("proven", isProven());
    tree.put("nodes", nodes.stream().map(Proof::tree).toList());
    tree.put("not_seen", OutOfSight.all());
    return Json.of(tree) + "\n";
  }

  private static Map<String, @Nullable Object> tree(NodeProof node) {
    NodeInventory inventory = node.inventory();
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("node", node.node());
    tree.put("host_id", node.hostId());
    tree.put("read_at", inventory == null ? null : inventory.readAt().toString());
    tree.put("complete", inventory != null && inventory.complete());
    tree.put("sstables", inventory == null ? null : inventory.sstables());
    tree.put("fenced_since", node.fenced() == null ? null : node.fenced().toString());
    tree.put("unused", node.isProven());
    tree.put("uses", node.uses().stream().map(Proof::tree).toList());
    tree.put("open_items", node.openItems());
    return tree;
  }

  private static Map<String, @Nullable Object> tree(KeyUse use) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("group", use.group());
    tree.put("place", use.place());
    tree.put("keyspace", use.keyspace());
    tree.put("table", use.table());
    tree.put("snapshot", use.snapshot().isEmpty() ? null : use.snapshot());
    tree.put("files", use.files());
    tree.put("bytes", use.bytes());
    tree.put("check_value", use.checkValue());
    return tree;
  }
}
