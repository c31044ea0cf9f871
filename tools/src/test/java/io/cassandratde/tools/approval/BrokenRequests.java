package io.cassandratde.tools.approval;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Consumer;

/** What makes a good request none that this release reads. */
final class BrokenRequests {
  private BrokenRequests() {}

  /** Other fields, values and lists. */
  static List<Consumer<ObjectNode>> edits() {
    return List.of(
        tree -> tree.put("reason", "older"),
        tree -> tree.put("requester", "carol on ops1"),
        tree -> tree.put("nonce", "00000000000000000000000000000000"),
        tree -> tree.put("created", "2026-01-01T00:00:00Z"),
        tree -> tree.put("expires", Instant.parse("2999-01-01T00:00:00Z").toString()),
        tree -> ((ObjectNode) tree.at("/keys/0")).put("check_value", "00000000"));
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
