package io.cassandratde.tools.rekey;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.cluster.KeyUse;
import io.cassandratde.tools.run.Stage;
import java.util.List;
import java.util.Objects;

/** The backup before anything is rewritten, where the operator wants one. */
final class TakeSnapshot implements Stage<RekeyContext> {

  @Override
  public String name() {
    return "SNAPSHOT";
  }

  @Override
  public String what() {
    return "of the keyspaces that need the key";
  }

  @Override
  public void run(RekeyContext run) throws Exception {
    String tag = Objects.requireNonNull(run.request().snapshot());
    if (tag.equals(run.state().snapshot())) {
      run.display().line("snapshot " + tag + " was taken by an earlier run");
      return;
    }
    for (Reading.Told told : Reading.of(run.cluster().look()).told()) {
      List<String> keyspaces =
          told.live(run.key()).stream()
              .map(KeyUse::keyspace)
              .filter(Objects::nonNull)
              .distinct()
              .toList();
      if (!keyspaces.isEmpty()) {
        take(told.node(), tag, keyspaces);
        run.display().line("%s: snapshot %s of %s".formatted(told.node(), tag, keyspaces));
      }
    }
    run.state().snapshotTaken(tag);
    run.display()
        .line(
            "NOTE: snapshot %s keeps needing %s. It is proved unused only when the snapshot is gone (--include-snapshots clear, later); copies of it elsewhere need the key for ever"
                .formatted(tag, run.request()));
  }

  private static void take(Node node, String tag, List<String> keyspaces)
      throws CommandFailure, InterruptedException {
    try {
      node.takeSnapshot(tag, keyspaces);
    } catch (NodeTroubleException e) {
      if (!e.text().contains("already exists")) { // of a run that was killed
        throw new CommandFailure(
            ExitCode.INCOMPLETE, e.text() + "; nothing is rewritten without the snapshot", e);
      }
    }
  }
}
