package io.cassandratde.tools.rekey;

import io.cassandratde.tools.cluster.CurrentKey;
import io.cassandratde.tools.cluster.NodeKeys;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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

  /** The one key that all nodes that tell seal this spec with, if it is another; else null. */
  static @Nullable String otherThan(RekeyContext run, ReplacedKey key, boolean refresh)
      throws Exception {
    Set<String> current = new LinkedHashSet<>();
    for (Node node : run.cluster().look().reached()) {
      try {
        (refresh ? refreshed(node, run.request(), key) : of(node, run.request(), key))
            .forEach(each -> current.add(each.keyId()));
      } catch (NodeTroubleException e) {
        run.display().line("  OPEN: " + e.text());
      }
    }
    if (current.size() != 1) {
      return null;
    }
    String only = current.iterator().next();
    return only.equals(key.id()) ? null : only;
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
                        && (key.keyFile() == null || key.keyFile().equals(current.keyFile()))
                        && current.cipher().endsWith(":" + key.bits())))
        .toList();
  }
}
