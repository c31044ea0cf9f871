package io.cassandratde.tools.rekey;

import io.cassandratde.tools.cluster.KeyUse;
import io.cassandratde.tools.output.Bytes;
import io.cassandratde.tools.run.Stage;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Snapshots that need the key are listed, or cleared. */
final class OldSnapshots implements Stage<RekeyContext> {

  @Override
  public String name() {
    return "SNAPSHOTS";
  }

  @Override
  public String what() {
    return "those that need the key";
  }

  @Override
  public void run(RekeyContext run) throws Exception {
    for (Reading.Told told : Reading.of(run.cluster().look()).told()) {
      Map<String, Set<String>> keyspaces = new TreeMap<>();
      List<KeyUse> uses =
          told.uses(run.key()).stream().filter(use -> use.place().equals("snapshot")).toList();
      for (KeyUse use : uses) {
        run.display()
            .line(
                "%s: snapshot %s of %s.%s: %d SSTables (%s)"
                    .formatted(
                        told.node(),
                        use.snapshot(),
                        use.keyspace(),
                        use.table(),
                        use.files(),
                        Bytes.print(use.bytes())));
        keyspaces
            .computeIfAbsent(use.snapshot(), tag -> new TreeSet<>())
            .add(String.valueOf(use.keyspace()));
      }
      if (run.request().clearSnapshots()) {
        clear(run, told.node(), keyspaces);
      }
    }
  }

  private static void clear(RekeyContext run, Node node, Map<String, Set<String>> keyspaces)
      throws InterruptedException {
    for (Map.Entry<String, Set<String>> each : keyspaces.entrySet()) {
      for (String keyspace : each.getValue()) {
        try {
          node.clearSnapshot(each.getKey(), keyspace);
          run.display()
              .line("%s: snapshot %s of %s cleared".formatted(node, each.getKey(), keyspace));
        } catch (NodeTroubleException e) {
          run.troubles().add(node.name(), e.text());
        }
      }
    }
  }
}
