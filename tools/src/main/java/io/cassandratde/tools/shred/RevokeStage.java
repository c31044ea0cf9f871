package io.cassandratde.tools.shred;

import io.cassandratde.keys.kmip.KeyAdministration;
import io.cassandratde.keys.kmip.KeyFacts;
import io.cassandratde.kmip.KeyState;
import io.cassandratde.kmip.KmipNotFoundException;
import io.cassandratde.kmip.RevocationReason;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.cluster.CurrentKey;
import io.cassandratde.tools.cluster.EachNode;
import io.cassandratde.tools.cluster.NodeKeys;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.rekey.KeyServer;
import io.cassandratde.tools.run.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys seal nothing any more. After the drop, and after nodes have let go of the key specs that
 * no table uses: a node that still used one would make a successor for the keyspace that is gone.
 */
final class RevokeStage implements Stage<ShredRun> {

  /** A node looks for specs that no table uses more often than this. */
  private static final Duration REST = Duration.ofSeconds(40);

  @Override
  public String name() {
    return "REVOKE";
  }

  @Override
  public String what() {
    return "the keys, so that no node seals with them any more";
  }

  @Override
  public void run(ShredRun run) throws Exception {
    List<TenantKey> keys =
        run.state().keys().stream().filter(key -> run.state().destroyed(key) == null).toList();
    try (ClusterNodes cluster = run.nodes().connect()) {
      Instant end = run.patience().now().plus(REST);
      var unused =
          run.patience()
              .until(
                  () -> run.patience().now().isBefore(end) ? sealing(cluster, keys, false) : null);
      for (TenantKey key : keys) {
        revoke(run, key);
      }
      String left = run.patience().until(() -> sealing(cluster, keys, true));
      if (left != null) {
        throw new CommandFailure(
            ExitCode.INCOMPLETE,
            "no key was destroyed: not every node has left the keys: "
                + left
                + ". Run the same command again");
      }
    }
  }

  private static void revoke(ShredRun run, TenantKey key) throws Exception {
    KeyServer server = run.servers().of(key.group());
    KeyFacts facts;
    try {
      facts = server.get(key.keyId());
    } catch (KmipNotFoundException e) {
      gone(run, key, "the key servers did not have it any more");
      return;
    }
    if (facts.namespace() != null) {
      run.state().inNamespace(key, facts.namespace());
    }
    KeyState state = facts.state();
    if (state == KeyState.DESTROYED || state == KeyState.DESTROYED_COMPROMISED) {
      gone(run, key, "it was destroyed before");
    } else if (state == KeyState.DEACTIVATED || state == KeyState.COMPROMISED) {
      run.display().line(key + " is " + state.label() + " already");
    } else {
      KeyAdministration.Changed changed =
          server.revoke(
              key.keyId(),
              RevocationReason.CESSATION_OF_OPERATION,
              "shred of " + run.request(),
              false);
      run.state().revoked(key, run.patience().now());
      run.display().line(key + " is revoked");
      changed.warnings().forEach(warning -> run.display().line("  " + warning));
    }
  }

  private static void gone(ShredRun run, TenantKey key, String why) {
    run.state().destroyed(key, run.patience().now(), List.of(why + "; when, is not known"));
    run.display().line(key + ": " + why);
  }

  /** Null: no node. */
  private static @Nullable String sealing(ClusterNodes cluster, List<TenantKey> keys, boolean anew)
      throws InterruptedException {
    List<String> left = new ArrayList<>();
    for (EachNode.Answer<NodeKeys, List<CurrentKey>> each :
        EachNode.ask(
            NodeKeys.of(cluster), node -> anew ? node.refreshKeys() : node.currentKeys())) {
      List<CurrentKey> current = each.value();
      if (current == null) {
        left.add(each.reason());
        continue;
      }
      for (CurrentKey one : current) {
        for (TenantKey key : keys) {
          if (key.keyId().equals(one.keyId()) && key.group().equals(one.group())) {
            left.add(each.node().name() + " seals with " + key);
          }
        }
      }
    }
    return left.isEmpty() ? null : String.join("; ", left);
  }
}
