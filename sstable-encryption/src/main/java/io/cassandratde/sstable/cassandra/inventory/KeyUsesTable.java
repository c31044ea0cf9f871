package io.cassandratde.sstable.cassandra.inventory;

import java.time.Duration;
import org.apache.cassandra.db.marshal.LongType;
import org.apache.cassandra.db.marshal.UTF8Type;
import org.apache.cassandra.db.virtual.SimpleDataSet;

/** {@code key_uses}: what needs each key, by place, table and snapshot. */
final class KeyUsesTable extends InventoryTable {

  private final ServerInventory inventory;
  private final Duration limit;

  KeyUsesTable(ServerInventory inventory, Duration limit) {
    super(
        define("key_uses", "files of this node that need each key, by place, table and snapshot")
            .addPartitionKeyColumn("key_group", UTF8Type.instance)
            .addClusteringColumn("key_id", UTF8Type.instance)
            .addClusteringColumn("check_value", UTF8Type.instance)
            .addClusteringColumn("place", UTF8Type.instance)
            .addClusteringColumn("keyspace_name", UTF8Type.instance)
            .addClusteringColumn("table_name", UTF8Type.instance)
            .addClusteringColumn("snapshot", UTF8Type.instance)
            .addRegularColumn("files", LongType.instance)
            .addRegularColumn("compacting", LongType.instance)
            .addRegularColumn("bytes", LongType.instance));
    this.inventory = inventory;
    this.limit = limit;
  }

  @Override
  protected void fill(SimpleDataSet rows) {
    for (KeyUseStatus use : inventory.notOlderThan(limit).uses()) {
      rows.row(
              use.getGroup(),
              use.getKeyId(),
              use.getCheckValue(),
              use.getPlace(),
              orEmpty(use.getKeyspace()),
              orEmpty(use.getTable()),
              use.getSnapshot())
          .column("files", use.getFiles())
          .column("compacting", use.getCompactingFiles())
          .column("bytes", use.getBytes());
    }
  }
}
