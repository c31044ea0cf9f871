package io.cassandratde.tools.hold;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.cluster.BackupHold;
import io.cassandratde.tools.cluster.CheckedKey;
import io.cassandratde.tools.cluster.NodeFailureException;
import io.cassandratde.tools.cluster.NodeKeys;
import io.cassandratde.tools.jmx.ClusterNodes;
import java.util.ArrayList;
import java.util.List;

/**
 * What the nodes keep of backups. They write and read it by QUORUM, so any one of them speaks for
 * all; each call may be made twice, so the next one is asked where one fails.
 */
public final class HoldRegistry {

  private final List<NodeKeys> nodes;

  public HoldRegistry(ClusterNodes cluster) {
    nodes = NodeKeys.of(cluster);
  }

  private interface Call<T> {
    T on(NodeKeys node) throws NodeFailureException;
  }

  /** Also those whose date has passed. */
  public List<BackupHold> all() throws CommandFailure {
    return first("no node tells which backups are registered", NodeKeys::registeredBackups);
  }

  /**
   * Registers one key of a backup, or replaces what is registered of it.
   *
   * @throws CommandFailure no node said that it has: then it may have happened, or not
   */
  public void put(BackupHold hold) throws CommandFailure {
    var unused =
        first(
            "no node confirms it",
            node -> {
              node.holdBackup(hold);
              return true;
            });
  }

  /** Ends all holds of a backup. */
  public void release(String name) throws CommandFailure {
    var unused = first("no node confirms it", node -> node.releaseBackup(name));
  }

  /** What a node sees when it fetches the key and uses it once. */
  public CheckedKey check(String group, String keyId) throws CommandFailure {
    return first(
        "no node can fetch key %s of group %s".formatted(keyId, group),
        node -> node.checkKey(group, keyId));
  }

  private <T> T first(String nobody, Call<T> call) throws CommandFailure {
    List<String> failures = new ArrayList<>();
    for (NodeKeys node : nodes) {
      try {
        return call.on(node);
      } catch (NodeFailureException e) {
        failures.add(String.valueOf(e.getMessage()));
      }
    }
    throw new CommandFailure(ExitCode.UNREACHABLE, nobody + ": " + String.join("; ", failures));
  }
}
