package io.cassandratde.sstable.cassandra.inventory;

import io.cassandratde.keys.config.EncryptionPolicy;
import io.cassandratde.sstable.cassandra.TableDefinitions;
import io.cassandratde.sstable.cassandra.TableGuard;
import io.cassandratde.sstable.inventory.GroupNames;
import io.cassandratde.sstable.inventory.KeyNeed;
import io.cassandratde.sstable.inventory.LiveSSTable;
import io.cassandratde.sstable.inventory.Needs;
import io.cassandratde.sstable.inventory.Place;
import io.cassandratde.sstable.inventory.TablePath;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.cassandra.db.Keyspace;
import org.apache.cassandra.db.marshal.LongType;
import org.apache.cassandra.db.marshal.UTF8Type;
import org.apache.cassandra.db.virtual.SimpleDataSet;
import org.apache.cassandra.schema.SchemaConstants;
import org.apache.cassandra.schema.TableMetadata;
import org.jspecify.annotations.Nullable;

/** {@code tables}: what their SSTables are, and what they should be. */
final class TablesTable extends InventoryTable {

  private final ServerInventory inventory;
  private final Duration limit;

  TablesTable(ServerInventory inventory, Duration limit) {
    super(
        define(
                "tables",
                "tables of this node and what stands on its disk of them: encrypted, mixed,"
                    + " plaintext, unknown or empty")
            .addPartitionKeyColumn("keyspace_name", UTF8Type.instance)
            .addClusteringColumn("table_name", UTF8Type.instance)
            .addRegularColumn("state", UTF8Type.instance)
            .addRegularColumn("protected_by", UTF8Type.instance)
            .addRegularColumn("keys", KEY_NAMES)
            .addRegularColumn("sstables", LongType.instance)
            .addRegularColumn("encrypted_sstables", LongType.instance)
            .addRegularColumn("codec_sstables", LongType.instance)
            .addRegularColumn("plaintext_sstables", LongType.instance)
            .addRegularColumn("unknown_sstables", LongType.instance)
            .addRegularColumn("bytes", LongType.instance)
            .addRegularColumn("plaintext_bytes", LongType.instance)
            .addRegularColumn("plaintext_copies", LongType.instance));
    this.inventory = inventory;
    this.limit = limit;
  }

  /** Of one table's live SSTables. */
  private static final class Sum {
    private final Map<Needs.Form, Long> forms = new EnumMap<>(Needs.Form.class);
    private final Set<String> keys = new TreeSet<>();
    private @Nullable String protectedBy;
    private long sstables;
    private long bytes;
    private long plaintextBytes;
    private long plaintextCopies;

    private void add(LiveSSTable sstable, GroupNames groups) {
      forms.merge(sstable.needs().form(), 1L, Long::sum);
      keys.addAll(names(groups, sstable.needs().keys()));
      sstables++;
      bytes += sstable.bytes();
      if (ServerInventory.isInClear(sstable)) {
        plaintextBytes += sstable.bytes();
      }
    }

    private long count(Needs.Form form) {
      return forms.getOrDefault(form, 0L);
    }

    private String state() {
      long sealed = count(Needs.Form.SEALED) + count(Needs.Form.CODEC);
      if (sstables == 0) {
        return "empty";
      }
      if (sealed == sstables) {
        return "encrypted";
      }
      if (sealed > 0) {
        return "mixed";
      }
      return count(Needs.Form.UNKNOWN) > 0 ? "unknown" : "plaintext";
    }
  }

  @Override
  protected void fill(SimpleDataSet rows) {
    ServerInventory.Reading reading = inventory.notOlderThan(limit);
    GroupNames groups = inventory.groups();
    Map<TablePath, Sum> sums = new HashMap<>();
    if (Keyspace.isInitialized()) {
      TableDefinitions.forEach(table -> of(sums, path(table)).protectedBy = why(table));
    }
    reading.disk().live().forEach(sstable -> of(sums, sstable.table()).add(sstable, groups));
    for (KeyNeed need : reading.disk().needs()) {
      if (need.key() == null && (need.place() == Place.SNAPSHOT || need.place() == Place.BACKUP)) {
        of(sums, need.table()).plaintextCopies += need.files();
      }
    }
    sums.forEach(
        (table, sum) ->
            rows.row(orEmpty(table.keyspace()), orEmpty(table.table()))
                .column("state", sum.state())
                .column("protected_by", sum.protectedBy)
                .column("keys", sum.keys)
                .column("sstables", sum.sstables)
                .column("encrypted_sstables", sum.count(Needs.Form.SEALED))
                .column("codec_sstables", sum.count(Needs.Form.CODEC))
                .column("plaintext_sstables", sum.count(Needs.Form.PLAIN))
                .column("unknown_sstables", sum.count(Needs.Form.UNKNOWN))
                .column("bytes", sum.bytes)
                .column("plaintext_bytes", sum.plaintextBytes)
                .column("plaintext_copies", sum.plaintextCopies));
  }

  private static Sum of(Map<TablePath, Sum> sums, TablePath table) {
    return sums.computeIfAbsent(table, none -> new Sum());
  }

  private static TablePath path(TableMetadata table) {
    return new TablePath(table.keyspace, table.name);
  }

  /** Null: nothing; its SSTables are written in clear. */
  private @Nullable String why(TableMetadata table) {
    if (TableGuard.encryptingCompressor(table) != null) {
      return "compression";
    }
    EncryptionPolicy policy = inventory.runtime().config().policy();
    boolean system = SchemaConstants.isSystemKeyspace(table.keyspace);
    return policy.defaultKeyOf(table.keyspace, system) == null ? null : "policy";
  }
}
