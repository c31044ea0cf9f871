package io.cassandratde.sstable.cassandra.operations;

import io.cassandratde.sstable.cassandra.operations.LiveSSTables.Found;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.cassandra.io.sstable.Descriptor;

/** Brings the live SSTables of some tables under other keys than one. */
abstract class SSTableOperation extends Operation {

  /** A flush or compaction that began before the key changed may end after the first round. */
  private static final int ROUNDS = 3;

  SSTableOperation(String kind, NamedKey key, List<String> tables) {
    super(kind, key, tables);
  }

  /** Deals with SSTables that need the key; tells {@link #progress} of each. */
  abstract void bring(List<Found> found);

  @Override
  final void work() {
    Set<Descriptor> tried = new HashSet<>();
    for (int round = 0; round < ROUNDS && !isCancelled(); round++) {
      List<Found> found =
          needing(round == 0).stream()
              .filter(each -> tried.add(each.sstable().descriptor))
              .toList();
      if (found.isEmpty()) {
        break;
      }
      progress()
          .found(
              found.size(), found.stream().mapToLong(each -> each.sstable().onDiskLength()).sum());
      bring(found);
    }
    if (!isCancelled() && progress().standing().failureCount() == 0) {
      needing(false)
          .forEach(
              left ->
                  progress()
                      .failed(
                          left.name(), "still needs " + key() + "; start " + kind() + " again"));
    }
  }

  private List<Found> needing(boolean tell) {
    return LiveSSTables.needing(
        key(),
        LiveSSTables.tables(tables()),
        (sstable, why) -> {
          if (tell) {
            progress().failed(sstable.getFilename(), "its keys cannot be told: " + why);
          }
        });
  }
}
