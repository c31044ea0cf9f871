package io.cassandratde.tools.cluster;

import io.cassandratde.tools.jmx.NodeConnection;
import java.io.IOException;
import java.util.List;
import javax.management.JMException;
import org.jspecify.annotations.Nullable;

/**
 * What goes on at one node.
 *
 * @param upgrades running rewrites of {@code upgradesstables}, and of operations
 * @param failure why nothing, or not all, is known; null: all is
 */
public record NodeStatus(
    String node,
    @Nullable String hostId,
    @Nullable String place,
    List<CurrentKey> current,
    List<FencedKey> fences,
    List<NodeOperation> operations,
    List<NodeConnection.Rewrite> upgrades,
    @Nullable String failure) {

  static NodeStatus read(NodeConnection node, @Nullable String hostId, @Nullable String place) {
    String name = node.address().toString();
    NodeKeys keys = new NodeKeys(node);
    try {
      return new NodeStatus(
          name,
          hostId,
          place,
          keys.currentKeys(),
          keys.fences(),
          keys.operations(),
          node.rewrites(),
          null);
    } catch (NodeFailureException | IOException | JMException | RuntimeException e) {
      String why =
          e instanceof NodeFailureException
              ? String.valueOf(e.getMessage())
              : name + ": " + NodeConnection.rootMessage(e);
      return silent(name, hostId, place, why);
    }
  }

  static NodeStatus silent(
      String node, @Nullable String hostId, @Nullable String place, String failure) {
    return new NodeStatus(node, hostId, place, List.of(), List.of(), List.of(), List.of(), failure);
  }
}
