package io.cassandratde.tools.backup;

import io.cassandratde.keys.KeyReference;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A key that files of a backup need to be opened.
 *
 * @param group its name when the manifest was made; null: only its tag was known
 * @param reference as the files name it
 * @param tables whose files need it
 * @param others files that belong to no one table
 */
public record NeededKey(
    @Nullable String group, KeyReference reference, List<Table> tables, List<Other> others) {

  public static final Comparator<NeededKey> ORDER =
      Comparator.comparing(NeededKey::groupOrTag)
          .thenComparing(key -> key.reference().keyId())
          .thenComparingInt(key -> key.reference().groupTag())
          .thenComparingInt(key -> key.reference().checkValue());

  public NeededKey {
    tables = List.copyOf(tables);
    others = List.copyOf(others);
  }

  /**
   * Files of one table.
   *
   * @param keyspace null where the files do not lie in Cassandra's directories
   */
  public record Table(
      @Nullable String keyspace, @Nullable String table, long sstables, long files, long bytes) {

    public String name() {
      return keyspace == null || table == null ? "(table not known)" : keyspace + '.' + table;
    }

    private Table with(Table other) {
      return new Table(
          keyspace, table, sstables + other.sstables, files + other.files, bytes + other.bytes);
    }
  }

  /**
   * Files of all tables.
   *
   * @param kind {@code commit_log}, {@code hints} or {@code other}
   */
  public record Other(String kind, long files, long bytes) {
    private Other with(Other other) {
      return new Other(kind, files + other.files, bytes + other.bytes);
    }
  }

  public long files() {
    return tables.stream().mapToLong(Table::files).sum()
        + others.stream().mapToLong(Other::files).sum();
  }

  public long bytes() {
    return tables.stream().mapToLong(Table::bytes).sum()
        + others.stream().mapToLong(Other::bytes).sum();
  }

  /** With the name that its group has here, where its files tell none. */
  NeededKey named(String here) {
    return group != null ? this : new NeededKey(here, reference, tables, others);
  }

  public String groupOrTag() {
    return group != null ? group : "tag:%08x".formatted(reference.groupTag());
  }

  /** One for each key, with what all of them say of it. */
  public static List<NeededKey> merged(Collection<NeededKey> keys) {
    Map<KeyReference, NeededKey> merged = new LinkedHashMap<>();
    keys.forEach(key -> merged.merge(key.reference(), key, NeededKey::with));
    return merged.values().stream().sorted(ORDER).toList();
  }

  private NeededKey with(NeededKey other) {
    Map<String, Table> byName = new LinkedHashMap<>();
    Stream.concat(tables.stream(), other.tables.stream())
        .forEach(table -> byName.merge(table.name(), table, Table::with));
    Map<String, Other> byKind = new LinkedHashMap<>();
    Stream.concat(others.stream(), other.others.stream())
        .forEach(one -> byKind.merge(one.kind(), one, Other::with));
    return new NeededKey(
        group != null ? group : other.group,
        reference,
        List.copyOf(byName.values()),
        List.copyOf(byKind.values()));
  }
}
