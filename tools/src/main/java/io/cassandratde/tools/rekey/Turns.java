package io.cassandratde.tools.rekey;

import io.cassandratde.tools.rolling.Rolling;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Every node has its turn, also one that comes back while others work. One that this run has
 * reached and that is away is waited for: a restart is no reason to begin the run again.
 */
final class Turns {

  private final RekeyContext run;
  private final Set<String> had = new HashSet<>();

  Turns(RekeyContext run) {
    this.run = run;
  }

  /** To the end of all; a node that did not come back in time is told to {@link Troubles}. */
  void take(Rolling.Work<Node> work) throws Exception {
    List<Node> next = new ArrayList<>();
    Map<Node, String> away = new TreeMap<>(Comparator.comparing(Node::name));
    while (true) {
      var unused = run.patience().until(() -> missing(next, away));
      if (next.isEmpty()) {
        away.forEach((node, why) -> run.troubles().add(node.name(), why));
        return;
      }
      next.forEach(node -> had.add(node.hostId()));
      run.request().rolling().run(next, Node::rack, work);
    }
  }

  /** Null: somebody's turn it is, or nobody is missing. */
  private @Nullable String missing(List<Node> next, Map<Node, String> away)
      throws InterruptedException {
    Cluster.Look look = run.cluster().look();
    next.clear();
    away.clear();
    look.reached().stream().filter(node -> !had.contains(node.hostId())).forEach(next::add);
    look.away()
        .forEach(
            (node, why) -> {
              if (!had.contains(node.hostId()) && run.troubles().of(node.name()).isEmpty()) {
                away.put(node, why);
              }
            });
    return next.isEmpty() && !away.isEmpty() ? String.join("; ", away.values()) : null;
  }
}
