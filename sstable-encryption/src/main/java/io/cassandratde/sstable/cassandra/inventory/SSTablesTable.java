package io.cassandratde.sstable.cassandra.inventory;

import io.cassandratde.sstable.inventory.GroupNames;
import io.cassandratde.sstable.inventory.LiveSSTable;
import io.cassandratde.sstable.inventory.Needs;
import io.cassandratde.sstable.inventory.Problem;
import java.time.Duration;
import java.util.stream.Collectors;
import org.apache.cassandra.db.marshal.LongType;
import org.apache.cassandra.db.marshal.UTF8Type;
import org.apache.cassandra.db.virtual.SimpleDataSet;
import org.jspecify.annotations.Nullable;

/** {@code sstables}: the live ones. */
final class SSTablesTable extends InventoryTable {

  private final ServerInventory inventory;
  private final Duration limit;

  SSTablesTable(ServerInventory inventory, Duration limit) {
    super(
        define("sstables", "live SSTables of this node, indexes included, and the keys they need")
            .addPartitionKeyColumn("keyspace_name", UTF8Type.instance)
            .addClusteringColumn("table_name", UTF8Type.instance)
            .addClusteringColumn("path", UTF8Type.instance)
            .addRegularColumn("state", UTF8Type.instance)
            .addRegularColumn("keys", KEY_NAMES)
            .addRegularColumn("bytes", LongType.instance)
            .addRegularColumn("in_use", UTF8Type.instance)
            .addRegularColumn("problem", UTF8Type.instance));
    this.inventory = inventory;
    this.limit = limit;
  }

  @Override
  protected void fill(SimpleDataSet rows) {
    ServerInventory.Reading reading = inventory.notOlderThan(limit);
    GroupNames groups = inventory.groups();
    for (LiveSSTable sstable : reading.disk().live()) {
      rows.row(
              orEmpty(sstable.table().keyspace()),
              orEmpty(sstable.table().table()),
              sstable.data().toString())
          .column("state", state(sstable.needs().form()))
          .column("keys", names(groups, sstable.needs().keys()))
          .column("bytes", sstable.bytes())
          .column(
              "in_use",
              reading.tracked().getOrDefault(sstable.data(), TrackedSSTables.Use.NOT_LOADED).text())
          .column("problem", problem(sstable.needs()));
    }
  }

  static String state(Needs.Form form) {
    return switch (form) {
      case SEALED -> "encrypted";
      case CODEC -> "codec";
      case PLAIN -> "plaintext";
      case UNKNOWN -> "unknown";
    };
  }

  private static @Nullable String problem(Needs needs) {
    return needs.problems().isEmpty()
        ? null
        : needs.problems().stream().map(Problem::what).distinct().collect(Collectors.joining("; "));
  }
}
