package io.cassandratde.tools.jmx;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.jmx.NodeUpgrade.UnknownTableException;
import java.io.IOException;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.management.JMException;
import org.jspecify.annotations.Nullable;

/**
 * One node after the other: a rewrite reads and writes every byte, and a cluster that does so
 * everywhere at once is slow everywhere at once.
 */
public final class ClusterUpgrade {
  private final UpgradeRequest request;
  private final PrintStream out;
  private final boolean bar;
  private final InstantSource clock;
  private final Map<String, NodeUpgrade> planned = new LinkedHashMap<>();
  private final List<NodeResult> failedEarly = new ArrayList<>();
  private volatile @Nullable NodeUpgrade current;
  private volatile boolean stopped;

  public ClusterUpgrade(UpgradeRequest request, PrintStream out, boolean bar, InstantSource clock) {
    this.request = request;
    this.out = out;
    this.bar = bar;
    this.clock = clock;
  }

  /** Looks before anything is rewritten, so that a misspelt table changes nothing anywhere. */
  public void plan(List<NodeConnection> nodes) throws CommandFailure {
    for (NodeConnection node : nodes) {
      NodeUpgrade upgrade = new NodeUpgrade(node, request, clock);
      try {
        upgrade.plan();
        planned.put(node.address().toString(), upgrade);
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

  public List<NodeResult> run() throws InterruptedException {
    List<NodeResult> results = new ArrayList<>(failedEarly);
    for (NodeUpgrade upgrade : planned.values()) {
      if (!stopped) {
        current = upgrade;
        upgrade.run(out, bar);
        current = null;
      }
      results.add(upgrade.result());
    }
    return results;
  }

  /** From the shutdown hook: stops the node in work, starts no other, says what is left. */
  public List<NodeResult> stop() {
    stopped = true;
    NodeUpgrade running = current;
    if (running != null) {
      running.stop();
    }
    List<NodeResult> results = new ArrayList<>(failedEarly);
    planned.values().forEach(upgrade -> results.add(upgrade.result()));
    return results;
  }
}
