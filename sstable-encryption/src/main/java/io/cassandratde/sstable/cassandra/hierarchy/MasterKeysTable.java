package io.cassandratde.sstable.cassandra.hierarchy;

import io.cassandratde.sstable.cassandra.inventory.InventoryTable;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.cassandra.db.marshal.Int32Type;
import org.apache.cassandra.db.marshal.MapType;
import org.apache.cassandra.db.marshal.TimestampType;
import org.apache.cassandra.db.marshal.UTF8Type;
import org.apache.cassandra.db.virtual.SimpleDataSet;

/** {@code master_keys}: which nodes have which version. */
final class MasterKeysTable extends InventoryTable {

  private final Supplier<List<MasterKeyStatus>> keys;

  MasterKeysTable(Supplier<List<MasterKeyStatus>> keys) {
    super(
        define(
                "master_keys",
                "versions of master keys, as this node saw them some seconds ago, and what each"
                    + " node of the cluster has of them")
            .addPartitionKeyColumn("name", UTF8Type.instance)
            .addClusteringColumn("version", Int32Type.instance)
            .addRegularColumn("source", UTF8Type.instance)
            .addRegularColumn("key_id", UTF8Type.instance)
            .addRegularColumn("check_value", UTF8Type.instance)
            .addRegularColumn("state", UTF8Type.instance)
            .addRegularColumn("proposed_by", UTF8Type.instance)
            .addRegularColumn("proposed_at", TimestampType.instance)
            .addRegularColumn("activated_at", TimestampType.instance)
            .addRegularColumn(
                "reports", MapType.getInstance(UTF8Type.instance, UTF8Type.instance, false))
            .addRegularColumn("awaited", KEY_NAMES));
    this.keys = keys;
  }

  @Override
  protected void fill(SimpleDataSet rows) {
    for (MasterKeyStatus key : keys.get()) {
      rows.row(key.getName(), key.getVersion())
          .column("source", key.getSource())
          .column("key_id", key.getKeyId())
          .column("check_value", key.getCheckValue())
          .column("state", key.getState())
          .column("proposed_by", key.getProposedBy())
          .column("proposed_at", DataKeysTable.date(key.getProposedAt()))
          .column("activated_at", DataKeysTable.date(key.getActivatedAt()))
          .column("reports", key.getReports())
          .column("awaited", Set.copyOf(key.getAwaited()));
    }
  }
}
