package io.cassandratde.sstable.cassandra.inventory;

import io.cassandratde.sstable.inventory.LiveSSTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.cassandra.db.ColumnFamilyStore;
import org.apache.cassandra.db.Keyspace;
import org.apache.cassandra.io.sstable.format.SSTableReader;
import org.apache.cassandra.schema.Schema;

/** The SSTables that Cassandra has in use, by their Data.db. */
final class TrackedSSTables {

  /** What Cassandra does with an SSTable. */
  enum Use {
    LOADED,
    COMPACTING,
    /** It knows nothing of it: being written, to be deleted, or put there by somebody. */
    NOT_LOADED;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Map<Path, Use> uses = new HashMap<>();

  /** Cassandra's names of directories have no links in them; those of the inventory may. */
  private final Map<Path, Path> real = new HashMap<>();

  /** As it is now; none while a node has not opened its tables. */
  static TrackedSSTables now() {
    TrackedSSTables tracked = new TrackedSSTables();
    if (Keyspace.isInitialized()) {
      for (String name : Schema.instance.getKeyspaces()) {
        Keyspace keyspace = Schema.instance.getKeyspaceInstance(name);
        if (keyspace != null) {
          for (ColumnFamilyStore table : keyspace.getColumnFamilyStores()) {
            table.concatWithIndexes().forEach(tracked::add);
          }
        }
      }
    }
    return tracked;
  }

  private void add(ColumnFamilyStore store) {
    // In this order, since what is done with compacting in between is loaded then.
    for (SSTableReader reader : store.getTracker().getCompacting()) {
      uses.put(path(reader), Use.COMPACTING);
    }
    for (SSTableReader reader : store.getLiveSSTables()) {
      uses.putIfAbsent(path(reader), Use.LOADED);
    }
  }

  private static Path path(SSTableReader reader) {
    return Path.of(reader.getFilename());
  }

  Use of(LiveSSTable sstable) {
    Path directory = sstable.data().resolveSibling("");
    Path resolved = real.computeIfAbsent(directory, TrackedSSTables::real);
    return uses.getOrDefault(resolved.resolve(sstable.data().getFileName()), Use.NOT_LOADED);
  }

  /** As Cassandra names it. */
  static Path withoutLinks(Path data) {
    return real(data.resolveSibling("")).resolve(data.getFileName());
  }

  private static Path real(Path directory) {
    try {
      return directory.toRealPath();
    } catch (IOException gone) {
      return directory;
    }
  }
}
