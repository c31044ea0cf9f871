package io.cassandratde.tools.rekey;

import io.cassandratde.tools.cluster.SoughtKey;
import io.cassandratde.tools.run.Display;
import io.cassandratde.tools.run.Patience;
import io.cassandratde.tools.run.Pause;
import io.cassandratde.tools.run.Stage;
import io.cassandratde.tools.run.Undo;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One run: the stages one after the other, from another thread to be ended early. */
public final class Rekey {

  private final RekeyRequest request;
  private final Display display;
  private final Undo undo = new Undo();
  private final Patience patience;
  private final Troubles troubles;

  public Rekey(RekeyRequest request, Display display, InstantSource clock, Pause pause) {
    this.request = request;
    this.display = display;
    this.patience = new Patience(request.patience(), clock, pause, display, undo);
    this.troubles = new Troubles(display);
  }

  /** For what waits along with this run. */
  public Patience patience() {
    return patience;
  }

  /**
   * Whether somebody ended this run's work on a node: by {@code cancel}, or {@code nodetool stop}.
   */
  public boolean wasStoppedOnNode() {
    return troubles.isStopped();
  }

  /**
   * Carries it out.
   *
   * @return what it proved; null after a dry run
   * @throws InterruptedException {@link #stop} was called
   */
  public @Nullable Proof run(RekeyState state, Cluster cluster, KeySource keys) throws Exception {
    RekeyContext run =
        new RekeyContext(
            request,
            new SoughtKey(request.group(), request.formerNames(), request.keyId()),
            state,
            cluster,
            keys,
            patience,
            display,
            undo,
            troubles);
    Prove prove = new Prove();
    List<Stage<RekeyContext>> stages = stages(prove);
    boolean dryRun = request.dryRun();
    try {
      Stage.inOrder(stages, run, patience, display, dryRun ? stage -> {} : state::enter);
    } finally {
      restoreThroughput(state, cluster);
    }
    return dryRun ? null : prove.proof();
  }

  private List<Stage<RekeyContext>> stages(Prove prove) {
    List<Stage<RekeyContext>> stages = new ArrayList<>();
    stages.add(new Prepare());
    if (request.dryRun()) {
      return stages;
    }
    stages.add(new NewKey());
    stages.add(new Switch());
    if (request.snapshot() != null) {
      stages.add(new TakeSnapshot());
    }
    stages.add(new Replace(request.rewrap()));
    stages.add(new Release());
    if (request.listSnapshots() || request.clearSnapshots()) {
      stages.add(new OldSnapshots());
    }
    stages.add(prove);
    return stages;
  }

  /** Of nodes that were away when it was their turn, or of a run that was killed. */
  private void restoreThroughput(RekeyState state, Cluster cluster) {
    for (Node node : cluster.known()) {
      if (state.throughput().containsKey(node.hostId())) {
        try {
          display.line(Throughput.restore(state, node));
        } catch (NodeTroubleException e) {
          display.line("NOT PUT BACK: compaction throughput: " + e.text());
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }

  /** From another thread: nothing more is begun, what runs on nodes for this run is ended. */
  public void stop() {
    undo.run(display);
  }
}
