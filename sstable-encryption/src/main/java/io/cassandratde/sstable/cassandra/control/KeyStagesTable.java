package io.cassandratde.sstable.cassandra.control;

import io.cassandratde.sstable.cassandra.inventory.InventoryTable;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.cassandra.db.marshal.MapType;
import org.apache.cassandra.db.marshal.TimestampType;
import org.apache.cassandra.db.marshal.UTF8Type;
import org.apache.cassandra.db.virtual.SimpleDataSet;

/** {@code key_stages}: new keys on their way to being current. */
final class KeyStagesTable extends InventoryTable {

  private final Supplier<List<KeyStageStatus>> stages;

  KeyStagesTable(Supplier<List<KeyStageStatus>> stages) {
    super(
        define(
                "key_stages",
                "the last new key of each spec, as this node saw it some seconds ago: proposed,"
                    + " published (every live node has fetched it) or current")
            .addPartitionKeyColumn("spec", UTF8Type.instance)
            .addRegularColumn("key_group", UTF8Type.instance)
            .addRegularColumn("key_id", UTF8Type.instance)
            .addRegularColumn("stage", UTF8Type.instance)
            .addRegularColumn("proposed_by", UTF8Type.instance)
            .addRegularColumn("proposed_at", TimestampType.instance)
            .addRegularColumn(
                "reports", MapType.getInstance(UTF8Type.instance, UTF8Type.instance, false))
            .addRegularColumn("awaited", KEY_NAMES));
    this.stages = stages;
  }

  @Override
  protected void fill(SimpleDataSet rows) {
    for (KeyStageStatus stage : stages.get()) {
      rows.row(stage.getSpec())
          .column("key_group", stage.getGroup())
          .column("key_id", stage.getKeyId())
          .column("stage", stage.getStage())
          .column("proposed_by", stage.getProposedBy())
          .column("proposed_at", Date.from(Instant.parse(stage.getProposedAt())))
          .column("reports", stage.getReports())
          .column("awaited", Set.copyOf(stage.getAwaited()));
    }
  }
}
