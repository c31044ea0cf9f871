package io.cassandratde.tools.hold;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.cluster.AnyNode;
import io.cassandratde.tools.cluster.BackupHold;
import io.cassandratde.tools.cluster.CheckedKey;
import io.cassandratde.tools.cluster.NodeKeys;
import io.cassandratde.tools.jmx.ClusterNodes;
import java.util.List;

/**
 * What the nodes keep of backups. They write and read it by QUORUM, so any one of them speaks for
 * all; each call may be made twice, so the next one is asked where one fails.
 */
public final class HoldRegistry {

  private final AnyNode<NodeKeys> any;

  public HoldRegistry(ClusterNodes cluster) {
    any = new AnyNode<>(NodeKeys.of(cluster), ExitCode.UNREACHABLE);
  }

  /** Also those whose date has passed. */
  public List<BackupHold> all() throws CommandFailure {
    return any.ask("no node tells which backups are registered", NodeKeys::registeredBackups);
  }

  /**
   * Registers one key of a backup, or replaces what is registered of it.
   *
   * @throws CommandFailure no node said that it has: then it may have happened, or not
   */
  public void put(BackupHold hold) throws CommandFailure {
    var unused =
        any.ask(
            "no node confirms it",
            node -> {
              node.holdBackup(hold);
              return true;
            });
  }

  /** Ends all holds of a backup. */
  public void release(String name) throws CommandFailure {
    var unused = any.ask("no node confirms it", node -> node.releaseBackup(name));
  }

  /** What a node sees when it fetches the key and uses it once. */
  public CheckedKey check(String group, String keyId) throws CommandFailure {
    return any.ask(
        "no node can fetch key %s of group %s".formatted(keyId, group),
        node -> node.checkKey(group, keyId));
  }
}
