package io.cassandratde.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.StreamSupport;

/** Exports of data keys under a passphrase, each changed in one place. */
final class DamagedExport {

  private DamagedExport() {}

  /** A byte of the header, of a key and of the seal of all; one namespace's key as another's. */
  static List<Path> each(Path file) throws IOException {
    List<Path> all = new ArrayList<>();
    for (String part : List.of("salt", "sealed", "mac", "copied")) {
      ObjectNode tree = (ObjectNode) new ObjectMapper().readTree(file.toFile());
      ObjectNode first = (ObjectNode) tree.get("keys").get(0);
      switch (part) {
        case "salt" -> flip((ObjectNode) tree.get("passphrase"), "salt");
        case "sealed" -> flip(first, "sealed");
        case "mac" -> flip(tree, "mac");
        default -> {
          JsonNode other =
              StreamSupport.stream(tree.get("keys").spliterator(), false)
                  .filter(key -> !key.get("namespace").equals(first.get("namespace")))
                  .findFirst()
                  .orElseThrow();
          first.put("sealed", other.get("sealed").asText());
          first.put("key", other.get("key").asText());
        }
      }
      all.add(Files.writeString(file.resolveSibling("bad-" + part + ".json"), tree.toString()));
    }
    return all;
  }

  private static void flip(ObjectNode in, String field) {
    byte[] bytes = Base64.getDecoder().decode(in.get(field).asText());
    bytes[bytes.length - 1] ^= 1;
    in.put(field, Base64.getEncoder().encodeToString(bytes));
  }
}
