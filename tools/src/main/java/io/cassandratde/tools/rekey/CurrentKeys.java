package io.cassandratde.tools.rekey;

import io.cassandratde.tools.cluster.CurrentKey;
import io.cassandratde.tools.cluster.NodeKeys;
import java.util.List;
import java.util.Objects;

/** What a node seals with, as far as the key to be replaced could serve it. */
final class CurrentKeys {

  private CurrentKeys() {}

  /** By what the node knows. */
  static List<CurrentKey> of(Node node, RekeyRequest request, ReplacedKey key)
      throws NodeTroubleException, InterruptedException {
    return among(node.ask(NodeKeys::currentKeys), request, key);
  }

  /** After a look at the key servers. */
  static List<CurrentKey> refreshed(Node node, RekeyRequest request, ReplacedKey key)
      throws NodeTroubleException, InterruptedException {
    return among(node.ask(NodeKeys::refreshKeys), request, key);
  }

  private static List<CurrentKey> among(
      List<CurrentKey> all, RekeyRequest request, ReplacedKey key) {
    return all.stream()
        .filter(current -> current.keyId() != null)
        .filter(
            current ->
                current.group().equals(request.group())
                    || request.formerNames().contains(current.group()))
        .filter(
            current ->
                request.keyId().equals(current.keyId())
                    || (Objects.equals(current.namespace(), key.namespace())
                        && current.cipher().endsWith(":" + key.bits())))
        .toList();
  }
}
