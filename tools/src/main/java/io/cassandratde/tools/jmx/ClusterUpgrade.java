package io.cassandratde.tools.jmx;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.jmx.NodeUpgrade.UnknownTableException;
import io.cassandratde.tools.rolling.Rolling;
import java.io.IOException;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.management.JMException;

/**
 * As few nodes at a time as the operator says: a rewrite reads and writes every byte, and a cluster
 * that does so everywhere at once is slow everywhere at once.
 */
public final class ClusterUpgrade {
  private final UpgradeRequest request;
  private final Rolling rolling;
  private final PrintStream out;
  private final boolean bar;
  private final InstantSource clock;
  private final List<NodeUpgrade> planned = new ArrayList<>();
  private final List<NodeResult> failedEarly = new ArrayList<>();
  private final Set<NodeUpgrade> running = ConcurrentHashMap.newKeySet();
  private volatile boolean stopped;

  /**
   * @param bar on a terminal; of several nodes at a time there are lines there too
   */
  public ClusterUpgrade(
      UpgradeRequest request, Rolling rolling, PrintStream out, boolean bar, InstantSource clock) {
    this.request = request;
    this.rolling = rolling;
    this.out = out;
    this.bar = bar && rolling.parallel() == 1;
    this.clock = clock;
  }

  /** Looks before anything is rewritten, so that a misspelt table changes nothing anywhere. */
  public void plan(ClusterNodes cluster) throws CommandFailure {
    for (NodeConnection node : cluster.connected()) {
      try {
        NodeUpgrade upgrade = new NodeUpgrade(node, rack(cluster, node), request, clock);
        upgrade.plan();
        planned.add(upgrade);
      } catch (UnknownTableException e) {
        throw new CommandFailure(ExitCode.NOT_FOUND, node.address() + ": " + e.getMessage(), e);
      } catch (IOException | JMException e) {
        failedEarly.add(
            NodeResult.untouched(
                node.address().toString(),
                "cannot list its tables: " + NodeConnection.rootMessage(e)));
      }
    }
  }

  /** A node whose rack nobody tells is a rack of its own: it has its turn alone. */
  private static String rack(ClusterNodes cluster, NodeConnection node)
      throws IOException, JMException {
    Member member = cluster.member(node.hostId());
    return member == null || member.datacenter() == null || member.rack() == null
        ? node.address().toString()
        : member.place();
  }

  public List<NodeResult> run() throws Exception {
    rolling.run(planned, NodeUpgrade::rack, this::upgrade);
    return results();
  }

  private void upgrade(NodeUpgrade node) throws InterruptedException {
    running.add(node);
    if (!stopped) { // else stop() may have looked before the node was there
      node.run(out, bar);
    }
    running.remove(node);
  }

  private List<NodeResult> results() {
    List<NodeResult> results = new ArrayList<>(failedEarly);
    planned.forEach(node -> results.add(node.result()));
    return results;
  }

  /** From the shutdown hook: stops the nodes in work, starts no other, says what is left. */
  public List<NodeResult> stop() {
    stopped = true;
    running.forEach(NodeUpgrade::stop);
    return results();
  }
}
