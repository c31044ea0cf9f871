package io.cassandratde.sstable.cassandra.hierarchy;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.sstable.cassandra.inventory.InventoryTable;
import io.cassandratde.sstable.cassandra.inventory.KeyInventory.KeyedSSTable;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.function.Supplier;
import org.apache.cassandra.db.marshal.Int32Type;
import org.apache.cassandra.db.marshal.LongType;
import org.apache.cassandra.db.marshal.TimestampType;
import org.apache.cassandra.db.marshal.UTF8Type;
import org.apache.cassandra.db.virtual.SimpleDataSet;
import org.jspecify.annotations.Nullable;

/** {@code data_keys}: those of the cluster's table, and what each protects on this node. */
final class DataKeysTable extends InventoryTable {

  private final Supplier<List<DataKeyStatus>> keys;
  private final Supplier<List<KeyedSSTable>> sstables;

  DataKeysTable(Supplier<List<DataKeyStatus>> keys, Supplier<List<KeyedSSTable>> sstables) {
    super(
        define(
                "data_keys",
                "replicated data keys of the cluster, as this node saw them some seconds ago, and"
                    + " how much of its own live data each protects")
            .addPartitionKeyColumn("master", UTF8Type.instance)
            .addClusteringColumn("namespace", UTF8Type.instance)
            .addClusteringColumn("bits", Int32Type.instance)
            .addClusteringColumn("version", Int32Type.instance)
            .addRegularColumn("key_id", UTF8Type.instance)
            .addRegularColumn("check_value", UTF8Type.instance)
            .addRegularColumn("state", UTF8Type.instance)
            .addRegularColumn("created_at", TimestampType.instance)
            .addRegularColumn("active_from", TimestampType.instance)
            .addRegularColumn("changed_at", TimestampType.instance)
            .addRegularColumn("wrapped_by", UTF8Type.instance)
            .addRegularColumn("wrapped_by_version", Int32Type.instance)
            .addRegularColumn("wrapped_at", TimestampType.instance)
            .addRegularColumn("wraps", Int32Type.instance)
            .addRegularColumn("live_sstables", LongType.instance)
            .addRegularColumn("live_bytes", LongType.instance));
    this.keys = keys;
    this.sstables = sstables;
  }

  @Override
  protected void fill(SimpleDataSet rows) {
    List<KeyedSSTable> live = sstables.get();
    for (DataKeyStatus key : keys.get()) {
      List<KeyedSSTable> under = live.stream().filter(sstable -> isUnder(sstable, key)).toList();
      rows.row(key.getMaster(), key.getNamespace(), key.getBits(), key.getVersion())
          .column("key_id", key.getKeyId())
          .column("check_value", key.getCheckValue())
          .column("state", key.getState())
          .column("created_at", date(key.getCreatedAt()))
          .column("active_from", date(key.getActiveFrom()))
          .column("changed_at", date(key.getChangedAt()))
          .column("wrapped_by", key.getWrappedBy())
          .column("wrapped_by_version", key.getWrappedByVersion())
          .column("wrapped_at", date(key.getWrappedAt()))
          .column("wraps", key.getWraps())
          .column("live_sstables", (long) under.size())
          .column("live_bytes", under.stream().mapToLong(KeyedSSTable::bytes).sum());
    }
  }

  /** By the id, a random UUID, and the check value. */
  static boolean isUnder(KeyedSSTable sstable, DataKeyStatus key) {
    return sstable.keys().keySet().stream().anyMatch(each -> isThis(each, key));
  }

  static boolean isThis(KeyReference reference, DataKeyStatus key) {
    return reference.keyId().equals(key.getKeyId())
        && DataKeyRows.hex(reference.checkValue()).equals(key.getCheckValue());
  }

  static @Nullable Date date(String iso) {
    return iso.isEmpty() ? null : Date.from(Instant.parse(iso));
  }
}
