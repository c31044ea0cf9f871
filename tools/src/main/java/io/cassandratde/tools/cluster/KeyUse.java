package io.cassandratde.tools.cluster;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Files of one table, in one place of one node, that need one key.
 *
 * @param checkValue tells keys of one id from each other (docs/RULES.md R2)
 * @param current whether the node seals under it now
 * @param place {@code live}, {@code snapshot}, {@code backup}, {@code commitlog}, {@code cdc},
 *     {@code hints}, {@code paxos}, {@code saved_cache}, {@code elsewhere}
 * @param keyspace null where the files are no table's, as {@code table}
 * @param snapshot empty in other places
 * @param compactingFiles those of the files that are being compacted
 */
public record KeyUse(
    String group,
    String keyId,
    String checkValue,
    boolean current,
    String place,
    @Nullable String keyspace,
    @Nullable String table,
    String snapshot,
    long files,
    long compactingFiles,
    long bytes) {

  private static final Set<String> RELEASABLE = Set.of("commitlog", "saved_cache", "paxos");

  static KeyUse of(Fields fields) {
    return new KeyUse(
        fields.text("group"),
        fields.text("keyId"),
        fields.text("checkValue"),
        fields.flag("current"),
        fields.text("place"),
        fields.optional("keyspace"),
        fields.optional("table"),
        fields.text("snapshot"),
        fields.number("files"),
        fields.number("compactingFiles"),
        fields.number("bytes"));
  }

  public KeyName key() {
    return new KeyName(group, keyId);
  }

  /** Of a keyspace, {@code keyspace}, or a table of it with its indexes, {@code keyspace.table}. */
  public boolean isOfTable(String name) {
    String own = keyspace + "." + table;
    return name.equals(keyspace) || own.equals(name) || own.startsWith(name + ".");
  }

  /** Whether the operation {@code release} of a node brings it from under its key. */
  public boolean isReleasable() {
    return RELEASABLE.contains(place);
  }
}
