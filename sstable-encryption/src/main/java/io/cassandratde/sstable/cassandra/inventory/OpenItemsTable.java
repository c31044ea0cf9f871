package io.cassandratde.sstable.cassandra.inventory;

import java.time.Duration;
import java.util.Date;
import org.apache.cassandra.db.marshal.TimestampType;
import org.apache.cassandra.db.marshal.UTF8Type;
import org.apache.cassandra.db.virtual.SimpleDataSet;

/** {@code open_items}: what may need keys besides those that were found. */
final class OpenItemsTable extends InventoryTable {

  private final ServerInventory inventory;
  private final Duration limit;

  OpenItemsTable(ServerInventory inventory, Duration limit) {
    super(
        define(
                "open_items",
                "files of this node that may need keys besides those that were found; while there"
                    + " is one, nothing proves that a key is not needed")
            .addPartitionKeyColumn("kind", UTF8Type.instance)
            .addClusteringColumn("path", UTF8Type.instance)
            .addClusteringColumn("what", UTF8Type.instance)
            .addRegularColumn("read_at", TimestampType.instance));
    this.inventory = inventory;
    this.limit = limit;
  }

  @Override
  protected void fill(SimpleDataSet rows) {
    ServerInventory.Reading reading = inventory.notOlderThan(limit);
    reading.disk().open().stream()
        .map(OpenItemStatus::new)
        .forEach(
            item ->
                rows.row(item.getKind(), item.getPath(), item.getWhat())
                    .column("read_at", Date.from(reading.disk().at())));
  }
}
