package io.cassandratde.sstable.cassandra.operations;

import io.cassandratde.keys.KeyReference;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.cassandra.db.ColumnFamilyStore;
import org.apache.cassandra.db.lifecycle.SSTableSet;
import org.apache.cassandra.io.sstable.Descriptor;
import org.apache.cassandra.io.sstable.format.SSTableReader;

/** The live SSTables of tables, those of their legacy indexes too, and the keys that they need. */
final class LiveSSTables {

  private LiveSSTables() {}

  /**
   * One that needs a key.
   *
   * @param keys which of its keys those are that were looked for
   */
  record Found(ColumnFamilyStore table, SSTableReader sstable, Set<KeyReference> keys) {
    String name() {
      return sstable.getFilename();
    }
  }

  /** Hears of an SSTable that could not be read. */
  interface Unreadable {
    void accept(SSTableReader sstable, IOException why);
  }

  /**
   * The tables of these names.
   *
   * @param names {@code keyspace} or {@code keyspace.table}; empty: all
   * @throws IllegalArgumentException there is no such table
   */
  static List<ColumnFamilyStore> tables(List<String> names) {
    Set<String> unknown = new HashSet<>(names);
    List<ColumnFamilyStore> tables = new ArrayList<>();
    for (ColumnFamilyStore table : ColumnFamilyStore.all()) {
      String keyspace = table.getKeyspaceName();
      String full = keyspace + '.' + table.getTableName();
      if (names.isEmpty() || names.contains(keyspace) || names.contains(full)) {
        unknown.remove(keyspace);
        unknown.remove(full);
        table.concatWithIndexes().forEach(tables::add);
      }
    }
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException("this node has no keyspace or table " + unknown);
    }
    return tables;
  }

  /** Those that need the key, by reading the headers of all. */
  static List<Found> needing(NamedKey key, List<ColumnFamilyStore> tables, Unreadable unreadable) {
    List<Found> found = new ArrayList<>();
    for (ColumnFamilyStore table : tables) {
      for (SSTableReader sstable : table.getSSTables(SSTableSet.CANONICAL)) {
        try {
          Set<KeyReference> keys = keys(key, sstable);
          if (!keys.isEmpty()) {
            found.add(new Found(table, sstable, keys));
          }
        } catch (IOException e) {
          if (isLive(table, sstable)) { // else a compaction took it away meanwhile
            unreadable.accept(sstable, e);
          }
        }
      }
    }
    return found;
  }

  /** Which of the SSTable's keys are meant by this name. */
  private static Set<KeyReference> keys(NamedKey key, SSTableReader sstable) throws IOException {
    Set<KeyReference> keys = new HashSet<>(NeededKeys.of(Path.of(sstable.getFilename())));
    keys.removeIf(reference -> !key.matches(reference));
    return keys;
  }

  static boolean isLive(ColumnFamilyStore table, SSTableReader sstable) {
    return live(table).contains(sstable.descriptor);
  }

  static Set<Descriptor> live(ColumnFamilyStore table) {
    Set<Descriptor> live = new HashSet<>();
    table.getSSTables(SSTableSet.CANONICAL).forEach(sstable -> live.add(sstable.descriptor));
    return live;
  }
}
