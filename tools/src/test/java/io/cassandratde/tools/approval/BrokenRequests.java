package io.cassandratde.tools.approval;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Consumer;

/** What makes a good request none that this release reads. */
final class BrokenRequests {
  private BrokenRequests() {}

  /** Other fields, values and lists. */
  static List<Consumer<ObjectNode>> edits() {
    return List.of(
        tree -> tree.put("note", "x"),
        tree -> tree.remove("cluster"),
        tree -> tree.put("version", 2),
        tree -> tree.put("version", "1"),
        tree -> tree.put("operation", "rekey"),
        tree -> tree.put("operation", "shred"),
        tree -> tree.put("keyspace", "ks"),
        tree -> tree.put("created", "2026-11-27T12:00:00.0Z"),
        tree -> tree.put("created", "+1000000000-12-31T23:59:59Z"),
        tree -> tree.put("created", "2026-02-30T12:00:00Z"),
        tree -> tree.put("created", "2026-11-27T24:00:00Z"),
        tree -> tree.put("created", "2026-11-27T23:59:60Z"),
        tree -> tree.put("nonce", "0"),
        tree -> tree.put("reason", "x".repeat(1001)),
        tree -> tree.putNull("reason"),
        tree -> ((ArrayNode) tree.get("table_ids")).add("t1"),
        tree -> ((ArrayNode) tree.get("keys")).add(tree.at("/keys/0").deepCopy()),
        tree -> ((ArrayNode) tree.get("keys")).removeAll(),
        tree -> ((ObjectNode) tree.at("/keys/0")).put("state", "x"),
        tree -> ((ArrayNode) tree.get("approvals")).add("alice"));
  }

  /** Other JSON, or none. */
  static List<String> of(String text) {
    return List.of(
        text.replaceFirst("\\{", "{\"version\": 1,"),
        text.replace("\"reason\" : \"\"", "\"reason\" : \"\\ud83d\""),
        text + "{}",
        text.substring(1),
        " ".repeat(ApprovalFile.MOST_BYTES) + text,
        "[]",
        "");
  }
}
