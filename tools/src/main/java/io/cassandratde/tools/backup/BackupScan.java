package io.cassandratde.tools.backup;

import io.cassandratde.sstable.inventory.GroupNames;
import io.cassandratde.sstable.inventory.SSTableName;
import io.cassandratde.sstable.inventory.TablePath;
import io.cassandratde.tools.scan.Finding;
import io.cassandratde.tools.scan.NodeScan;
import io.cassandratde.tools.scan.Place;
import io.cassandratde.tools.scan.ProtectedTables;
import io.cassandratde.tools.scan.SealingKey;
import io.cassandratde.tools.scan.State;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Collects the keys that files name, by what {@link NodeScan} finds. Whatever it cannot make out is
 * listed: a file whose keys are not known may need any.
 */
public final class BackupScan implements NodeScan.Listener {

  /** What needs a key together: a table, or a kind of files of all tables. */
  private record Owner(@Nullable String keyspace, @Nullable String table, @Nullable String kind)
      implements Comparable<Owner> {

    private static final Comparator<@Nullable String> TEXT =
        Comparator.nullsFirst(Comparator.<String>naturalOrder());
    private static final Comparator<Owner> ORDER =
        Comparator.comparing(Owner::kind, TEXT)
            .thenComparing(Owner::keyspace, TEXT)
            .thenComparing(Owner::table, TEXT);

    @Override
    public int compareTo(Owner other) {
      return ORDER.compare(this, other);
    }
  }

  private static final class Count {
    private long sstables;
    private long files;
    private long bytes;
  }

  private final SortedMap<SealingKey, SortedMap<Owner, Count>> keys = new TreeMap<>();
  private final List<Manifest.Unread> unread = new ArrayList<>();
  private final List<Path> roots;
  private long files;
  private long bytes;

  private BackupScan(List<Path> roots) {
    this.roots = roots;
  }

  /**
   * Looks at everything below these directories.
   *
   * @throws java.nio.file.NoSuchFileException one of them is not there
   */
  public static BackupScan of(List<Path> roots, GroupNames groups) throws IOException {
    BackupScan scan = new BackupScan(List.copyOf(roots));
    NodeScan walk = new NodeScan(groups, false, scan);
    walk.scan(scan.roots);
    if (walk.vanished() > 0) {
      scan.problem(
          walk.vanished() + " files or directories went while they were looked at; run again");
    }
    return scan;
  }

  @Override
  public void found(List<Finding> unit) {
    Set<SealingKey> opened = new HashSet<>();
    for (Finding file : unit) {
      files++;
      bytes += file.bytes();
      if (file.incomplete() || (file.state() == State.UNKNOWN && !isManifest(file.file()))) {
        unread.add(new Manifest.Unread(file.file().toString(), reason(file)));
      }
      for (SealingKey key : file.keys()) {
        Count count = count(key, file);
        count.files++;
        count.bytes += file.bytes();
        if (opened.add(key) && SSTableName.of(file.file()) != null) {
          count.sstables++;
        }
      }
    }
  }

  /** Of an earlier run, kept with the backup: it needs no key. */
  private static boolean isManifest(Path file) {
    try {
      ManifestJson.read(file);
      return true;
    } catch (IOException none) {
      return false;
    }
  }

  private Count count(SealingKey key, Finding file) {
    return keys.computeIfAbsent(key, none -> new TreeMap<>())
        .computeIfAbsent(owner(file), none -> new Count());
  }

  private static Owner owner(Finding file) {
    TablePath path = file.table();
    if (path.keyspace() != null && path.table() != null) {
      return new Owner(path.keyspace(), ProtectedTables.base(path.table()), null);
    }
    if (file.place() == Place.COMMIT_LOG || file.place() == Place.HINTS) {
      return new Owner(null, null, file.place().name().toLowerCase(Locale.ROOT));
    }
    return new Owner(null, null, SSTableName.of(file.file()) != null ? null : "other");
  }

  private static String reason(Finding file) {
    List<String> reasons = new ArrayList<>();
    if (!file.reason().isEmpty()) {
      reasons.add(file.reason());
    }
    file.faults().stream().filter(fault -> !reasons.contains(fault)).forEach(reasons::add);
    if (reasons.isEmpty()) {
      reasons.add(file.state().name().toLowerCase(Locale.ROOT));
    }
    return file.kind() + ": " + String.join("; ", reasons);
  }

  @Override
  public void problem(String what) {
    unread.add(new Manifest.Unread("", what));
  }

  @Override
  public void looksAt(Path directory) {}

  public List<Path> roots() {
    return roots;
  }

  /** Files that were looked at. */
  public long files() {
    return files;
  }

  public long bytes() {
    return bytes;
  }

  public List<Manifest.Unread> unread() {
    return List.copyOf(unread);
  }

  /** One for each key, whether a file tells the name of its group or the tag alone. */
  public List<NeededKey> keys() {
    List<NeededKey> needed = new ArrayList<>();
    keys.forEach(
        (key, owners) -> {
          List<NeededKey.Table> tables = new ArrayList<>();
          List<NeededKey.Other> others = new ArrayList<>();
          owners.forEach(
              (owner, count) -> {
                if (owner.kind() == null) {
                  tables.add(
                      new NeededKey.Table(
                          owner.keyspace(),
                          owner.table(),
                          count.sstables,
                          count.files,
                          count.bytes));
                } else {
                  others.add(new NeededKey.Other(owner.kind(), count.files, count.bytes));
                }
              });
          needed.add(new NeededKey(name(key), key.reference(), tables, others));
        });
    return NeededKey.merged(needed);
  }

  /** Null where the scan has no name but the tag. */
  private static @Nullable String name(SealingKey key) {
    return key.group().equals("tag:%08x".formatted(key.reference().groupTag()))
        ? null
        : key.group();
  }
}
