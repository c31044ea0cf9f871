package io.cassandratde.tools.scan;

import io.cassandratde.sstable.inventory.SSTableName;
import io.cassandratde.sstable.inventory.TablePath;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the files found come to: by table, by key, and whether protected content is readable. */
public final class Summary {

  /** Of the readable files of a table so many are named. */
  private static final int EXAMPLES = 5;

  private final SortedMap<String, Table> tables = new TreeMap<>();
  private final SortedMap<SealingKey, Key> keys = new TreeMap<>();
  private final Table shared = new Table("", "");
  private final ProtectedTables policy;
  private final boolean acceptCodec;
  private long files;
  private long bytes;
  private boolean incomplete;

  /**
   * @param acceptCodec what codec mode leaves in clear is no failure
   */
  public Summary(ProtectedTables policy, boolean acceptCodec) {
    this.policy = policy;
    this.acceptCodec = acceptCodec;
  }

  /** Files of one SSTable, or one other file. */
  public void add(List<Finding> unit) {
    Set<SealingKey> needed = new TreeSet<>();
    for (Finding finding : unit) {
      files++;
      bytes += finding.bytes();
      incomplete |= finding.incomplete();
      table(finding.table()).add(finding);
      needed.addAll(finding.keys());
      finding
          .keys()
          .forEach(
              key -> keys.computeIfAbsent(key, Key::new).add(finding.place(), finding.bytes()));
    }
    Finding first = unit.get(0);
    if (SSTableName.of(first.file()) != null) {
      table(first.table()).sstables.merge(first.place(), 1L, Long::sum);
    }
    needed.forEach(key -> keys.computeIfAbsent(key, Key::new).unit(first.place()));
  }

  private Table table(TablePath path) {
    String keyspace = path.keyspace();
    String name = path.table();
    if (keyspace == null || name == null) {
      return shared;
    }
    String base = ProtectedTables.base(name);
    return tables.computeIfAbsent(keyspace + '.' + base, none -> new Table(keyspace, base));
  }

  /** Something could not be looked at. */
  public void failed() {
    incomplete = true;
  }

  public List<Table> tables() {
    return List.copyOf(tables.values());
  }

  public List<Key> keys() {
    return List.copyOf(keys.values());
  }

  /** Files that belong to no one table: commit log, hints, caches, logs, and unknown ones. */
  public Table shared() {
    return shared;
  }

  public long files() {
    return files;
  }

  public long bytes() {
    return bytes;
  }

  /** Whether something could not be found out. */
  public boolean incomplete() {
    return incomplete;
  }

  /** Why a table is protected; null: it is not. */
  public @Nullable String protection(Table table) {
    if (table == shared) {
      boolean any = policy.any() || tables.values().stream().anyMatch(t -> t.sealed);
      return any ? "tables" : null;
    }
    String why = policy.why(new TablePath(table.keyspace(), table.name()));
    return why == null && table.sealed ? "encrypted files" : why;
  }

  /** Protected tables with readable content, and {@link #shared()} if there is such. */
  public List<Table> readable() {
    List<Table> readable = new ArrayList<>(tables.values());
    readable.add(shared);
    readable.removeIf(t -> protection(t) == null || t.offending(acceptCodec) == 0);
    return readable;
  }

  /** One table's files. */
  public static final class Table {
    private final String keyspace;
    private final String name;
    private final Map<State, Long> states = new EnumMap<>(State.class);
    private final Map<Place, Long> sstables = new EnumMap<>(Place.class);
    private final List<Finding> examples = new ArrayList<>();

    /** Whether one of its files was meant to be encrypted, and so all of them. */
    private boolean sealed;

    private Table(String keyspace, String name) {
      this.keyspace = keyspace;
      this.name = name;
    }

    private void add(Finding finding) {
      states.merge(finding.state(), 1L, Long::sum);
      sealed |=
          finding.state() == State.ENCRYPTED
              || finding.state() == State.CODEC_CLEAR
              || !finding.keys().isEmpty();
      if (finding.state().readable()
          && examples.stream().filter(e -> e.state() == finding.state()).count() < EXAMPLES) {
        examples.add(finding);
      }
    }

    public String keyspace() {
      return keyspace;
    }

    public String name() {
      return name;
    }

    public long count(State state) {
      return states.getOrDefault(state, 0L);
    }

    long encrypted() {
      return count(State.ENCRYPTED);
    }

    public long sstables(Place place) {
      return sstables.getOrDefault(place, 0L);
    }

    /** Readable files that are a failure. */
    public long offending(boolean acceptCodec) {
      return states.entrySet().stream()
          .filter(e -> e.getKey().readable())
          .filter(e -> !acceptCodec || e.getKey() != State.CODEC_CLEAR)
          .mapToLong(Map.Entry::getValue)
          .sum();
    }

    /** Some of them. */
    public List<Finding> examples(boolean acceptCodec) {
      return examples.stream().filter(e -> !acceptCodec || e.state() != State.CODEC_CLEAR).toList();
    }

    /** In a word. */
    public String word() {
      boolean clear = count(State.PLAINTEXT) + count(State.UNKNOWN) > 0;
      if (clear) {
        return encrypted() > 0 ? "mixed" : "plaintext";
      }
      if (count(State.CODEC_CLEAR) > 0) {
        return "partly";
      }
      return encrypted() > 0 ? "encrypted" : count(State.UNFINISHED) > 0 ? "unfinished" : "empty";
    }
  }

  /** What needs a key. */
  public static final class Key {
    private final SealingKey key;
    private final Map<Place, Long> units = new EnumMap<>(Place.class);
    private final Map<Place, Long> bytes = new EnumMap<>(Place.class);

    private Key(SealingKey key) {
      this.key = key;
    }

    private void add(Place place, long size) {
      bytes.merge(place, size, Long::sum);
    }

    private void unit(Place place) {
      units.merge(place, 1L, Long::sum);
    }

    public SealingKey key() {
      return key;
    }

    /** SSTables, segments, or files, by the place. */
    public long units(Place place) {
      return units.getOrDefault(place, 0L);
    }

    public long bytes(Place place) {
      return bytes.getOrDefault(place, 0L);
    }
  }
}
