package io.cassandratde.sstable.cassandra.hierarchy;

import io.cassandratde.sstable.cassandra.inventory.InventoryTable;
import io.cassandratde.sstable.cassandra.inventory.KeyInventory.KeyedSSTable;
import java.util.List;
import java.util.function.Supplier;
import org.apache.cassandra.db.marshal.Int32Type;
import org.apache.cassandra.db.marshal.LongType;
import org.apache.cassandra.db.marshal.UTF8Type;
import org.apache.cassandra.db.virtual.SimpleDataSet;

/**
 * {@code key_hierarchy}: from live SSTables over the keys that they name to master keys. A key of a
 * KMIP group, a token or a key file is the end.
 */
final class HierarchyTable extends InventoryTable {

  private final Supplier<List<DataKeyStatus>> keys;
  private final Supplier<List<KeyedSSTable>> sstables;

  HierarchyTable(Supplier<List<DataKeyStatus>> keys, Supplier<List<KeyedSSTable>> sstables) {
    super(
        define(
                "key_hierarchy",
                "live SSTables of this node with the keys that protect them, and with the master"
                    + " keys that wrap those which are replicated")
            .addPartitionKeyColumn("keyspace_name", UTF8Type.instance)
            .addClusteringColumn("table_name", UTF8Type.instance)
            .addClusteringColumn("path", UTF8Type.instance)
            .addClusteringColumn("data_key", UTF8Type.instance)
            .addRegularColumn("key_group", UTF8Type.instance)
            .addRegularColumn("data_key_version", Int32Type.instance)
            .addRegularColumn("namespace", UTF8Type.instance)
            .addRegularColumn("state", UTF8Type.instance)
            .addRegularColumn("master", UTF8Type.instance)
            .addRegularColumn("master_key", UTF8Type.instance)
            .addRegularColumn("master_key_version", Int32Type.instance)
            .addRegularColumn("bytes", LongType.instance));
    this.keys = keys;
    this.sstables = sstables;
  }

  @Override
  protected void fill(SimpleDataSet rows) {
    List<DataKeyStatus> known = keys.get();
    for (KeyedSSTable sstable : sstables.get()) {
      sstable
          .keys()
          .forEach(
              (key, group) -> {
                rows.row(sstable.keyspace(), sstable.table(), sstable.path(), key.keyId())
                    .column("key_group", group)
                    .column("bytes", sstable.bytes());
                known.stream()
                    .filter(each -> DataKeysTable.isThis(key, each))
                    .forEach(each -> replicated(rows, each));
              });
    }
  }

  /** More of the row before. */
  private static void replicated(SimpleDataSet rows, DataKeyStatus key) {
    rows.column("data_key_version", key.getVersion())
        .column("namespace", key.getNamespace())
        .column("state", key.getState())
        .column("master", key.getMaster())
        .column("master_key", key.getWrappedBy())
        .column("master_key_version", key.getWrappedByVersion());
  }
}
