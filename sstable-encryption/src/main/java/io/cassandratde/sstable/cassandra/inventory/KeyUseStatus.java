package io.cassandratde.sstable.cassandra.inventory;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.sstable.inventory.KeyNeed;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Files of one table in one place that need one key. */
public final class KeyUseStatus {

  private final KeyReference key;
  private final String group;
  private final boolean current;
  private final KeyNeed need;
  private final long compacting;

  /**
   * @param current whether the node seals under it now
   * @param compacting how many of the files are being compacted
   */
  KeyUseStatus(KeyReference key, String group, boolean current, KeyNeed need, long compacting) {
    this.key = key;
    this.group = group;
    this.current = current;
    this.need = need;
    this.compacting = compacting;
  }

  KeyReference key() {
    return key;
  }

  KeyNeed need() {
    return need;
  }

  /** Its name, or {@code tag:<hexadecimal>} of a group that the configuration does not have. */
  public String getGroup() {
    return group;
  }

  public String getKeyId() {
    return key.keyId();
  }

  /** Tells keys of one id from each other, and reveals nothing (docs/RULES.md R2). */
  public String getCheckValue() {
    return checkValue(key);
  }

  static String checkValue(KeyReference key) {
    return "%08x".formatted(key.checkValue());
  }

  /** Whether this node seals under it now. */
  public boolean isCurrent() {
    return current;
  }

  /**
   * {@code live}, {@code snapshot}, {@code backup}, {@code commitlog}, {@code cdc}, {@code hints},
   * {@code paxos}, {@code saved_cache}, {@code key_copy} (data keys that it wraps as their master
   * key), or {@code elsewhere}: below a data directory, where Cassandra puts nothing.
   */
  public String getPlace() {
    return need.place().text();
  }

  /** Null where the files are no table's. */
  public @Nullable String getKeyspace() {
    return need.table().keyspace();
  }

  /** Null where the files are no table's; an index's is {@code table.index}. */
  public @Nullable String getTable() {
    return need.table().table();
  }

  /** Of the snapshot; empty in other places. */
  public String getSnapshot() {
    return Objects.requireNonNull(need.name());
  }

  /** SSTables, segments, or other files. One that needs several keys counts under each. */
  public long getFiles() {
    return need.files();
  }

  /** Those of them that are being compacted. */
  public long getCompactingFiles() {
    return compacting;
  }

  /** Of the files, all components of an SSTable together. */
  public long getBytes() {
    return need.bytes();
  }
}
