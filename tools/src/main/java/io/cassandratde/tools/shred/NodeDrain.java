package io.cassandratde.tools.shred;

import io.cassandratde.tools.cluster.KeyUse;
import io.cassandratde.tools.cluster.NodeFailureException;
import io.cassandratde.tools.cluster.NodeInventory;
import io.cassandratde.tools.cluster.NodeKeys;
import io.cassandratde.tools.cluster.NodeStorage;
import io.cassandratde.tools.cluster.TableDirectory;
import io.cassandratde.tools.destroy.KeyRelease;
import io.cassandratde.tools.jmx.NodeConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What one node still has of a keyspace that was dropped, and what can be done about it there. */
final class NodeDrain {

  private static final String TRACES = "system_traces";

  /** A batch is sent on when it is older than twice the time that writes have: 4 s by default. */
  private static final Duration BATCH_AGE = Duration.ofSeconds(10);

  private final ShredRun run;
  private final NodeStorage storage;
  private final NodeKeys keys;
  private final String keyspace;
  private final Instant dropped;

  NodeDrain(ShredRun run, NodeConnection node) {
    this.run = run;
    this.storage = new NodeStorage(node);
    this.keys = new NodeKeys(node);
    this.keyspace = run.request().keyspace();
    this.dropped = Objects.requireNonNull(run.state().dropped());
  }

  boolean hasTraces() throws NodeFailureException {
    return !storage.isEmpty(TRACES, "sessions") || !storage.isEmpty(TRACES, "events");
  }

  void truncateTraces() throws NodeFailureException {
    storage.truncate(TRACES, "sessions");
    storage.truncate(TRACES, "events");
  }

  /**
   * Something that is left.
   *
   * @param passes by itself, or by what others do anyway: worth waiting for
   */
  record Left(String what, boolean passes) {}

  private static Left passing(String what) {
    return new Left(what, true);
  }

  private static Left staying(String what) {
    return new Left(what, false);
  }

  /** What is left here, after everything was done that may be. */
  List<Left> left() throws NodeFailureException, InterruptedException {
    List<Left> left = new ArrayList<>();
    if (storage.keyspaces().contains(keyspace)) {
      left.add(staying("knows keyspace " + keyspace + " again"));
    }
    snapshots(left);
    segments(left);
    hints(left);
    batches(left);
    NodeInventory read = released(left);
    files(read, left);
    return left;
  }

  private void snapshots(List<Left> left) throws NodeFailureException {
    for (Map.Entry<String, Set<String>> each : storage.snapshots(keyspace).entrySet()) {
      String what = "snapshot " + each.getKey() + " of " + each.getValue();
      if (run.request().clearSnapshots()) {
        storage.clearSnapshot(each.getKey(), keyspace);
        done(what + " cleared");
      } else {
        left.add(staying(what + ": --clear-snapshots clears it"));
      }
    }
  }

  private void done(String what) {
    String text = storage.name() + ": " + what;
    if (!run.state().isDone(text)) {
      run.state().done(text, run.patience().now());
      run.display().line(text);
    }
  }

  private void segments(List<Left> left) throws NodeFailureException {
    Set<String> before = run.state().segments(storage.hostId());
    List<String> commitLog = storage.segments().stream().filter(before::contains).toList();
    if (!commitLog.isEmpty()) {
      left.add(
          passing(
              "commit-log segments of before the drop, not flushed or not archived yet: "
                  + commitLog));
    }
    List<String> changes = keys.changeSegments().stream().filter(before::contains).toList();
    if (!changes.isEmpty()) {
      left.add(
          passing(
              "change data of before the drop (cdc_raw), for its consumer to take and delete: "
                  + changes));
    }
  }

  private void hints(List<Left> left) throws NodeFailureException {
    List<NodeStorage.PendingHints> before =
        storage.hints().stream().filter(each -> !each.oldest().isAfter(dropped)).toList();
    if (!before.isEmpty() && run.request().deleteHints()) {
      storage.deleteHints();
      done("all hints deleted");
      return;
    }
    before.forEach(
        each ->
            left.add(
                passing(
                    "hints of before the drop for node %s, %s files: they go when it has got them, or by --delete-hints (then repair)"
                        .formatted(each.target(), each.files()))));
  }

  /** Those of before the drop are sent on, and their rows are compacted away. */
  private void batches(List<Left> left) throws NodeFailureException {
    String what = "batches of before the drop replayed, system.batches compacted";
    if (run.state().isDone(storage.name() + ": " + what)) {
      return;
    }
    if (run.patience().now().isBefore(dropped.plus(BATCH_AGE))) {
      left.add(passing("batches of before the drop are not old enough to be replayed"));
      return;
    }
    storage.replayBatches();
    storage.flush("system");
    storage.compact("system", "batches");
    done(what);
  }

  /** Commit log, saved caches and Paxos state under the keys go; what the disk holds then. */
  private NodeInventory released(List<Left> left)
      throws NodeFailureException, InterruptedException {
    NodeInventory read = keys.readInventory();
    boolean any = false;
    for (TenantKey key : run.state().keys()) {
      if (run.state().destroyed(key) == null
          && read.uses().stream().anyMatch(use -> key.isNeededBy(use) && use.isReleasable())) {
        KeyRelease.run(keys, key.group(), key.keyId(), run.patience())
            .forEach(why -> left.add(passing(why)));
        any = true;
      }
    }
    return any ? keys.readInventory() : read;
  }

  private void files(NodeInventory read, List<Left> left) throws NodeFailureException {
    for (KeyUse use : read.uses()) {
      boolean own = keyspace.equals(use.keyspace());
      boolean needs = run.state().keys().stream().anyMatch(key -> key.isNeededBy(use));
      if ((own || needs) && !use.place().equals("snapshot")) {
        left.add(
            switch (use.place()) {
              case "live" -> passing(TenantPlan.text(use) + " not deleted yet");
              case "backup" ->
                  staying(TenantPlan.text(use) + ": delete these incremental backups by hand");
              case "elsewhere" ->
                  staying(
                      TenantPlan.text(use) + ": Cassandra put nothing there; delete it by hand");
              default -> passing(TenantPlan.text(use));
            });
      }
    }
    read.openItems()
        .forEach(item -> left.add(passing("not read: " + item.path() + ": " + item.what())));
    // Whatever else is in the way may be what lies there.
    boolean held = left.stream().anyMatch(each -> !each.passes());
    for (TableDirectory directory : keys.tableDirectories(keyspace)) {
      if (directory.files() > 0) {
        left.add(
            new Left(
                "%s holds %d files of a dropped table"
                    .formatted(directory.path(), directory.files()),
                !held));
      }
    }
  }
}
