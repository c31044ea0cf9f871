package io.cassandratde.sstable.cassandra.operations;

import io.cassandratde.sstable.cassandra.inventory.InventoryTable;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.cassandra.db.marshal.ListType;
import org.apache.cassandra.db.marshal.LongType;
import org.apache.cassandra.db.marshal.SetType;
import org.apache.cassandra.db.marshal.TimestampType;
import org.apache.cassandra.db.marshal.UTF8Type;
import org.apache.cassandra.db.virtual.SimpleDataSet;
import org.jspecify.annotations.Nullable;

/** {@code operations}: what brings files of this node from under a key, or did so last. */
final class OperationsTable extends InventoryTable {

  private final Operations operations;

  OperationsTable(Operations operations) {
    super(
        define(
                "operations",
                "operations of this node that bring files from under a key: those that wait and"
                    + " run, and the last 20 that ended, until a restart")
            .addPartitionKeyColumn("id", UTF8Type.instance)
            .addRegularColumn("kind", UTF8Type.instance)
            .addRegularColumn("key_group", UTF8Type.instance)
            .addRegularColumn("key_id", UTF8Type.instance)
            .addRegularColumn("tables", SetType.getInstance(UTF8Type.instance, false))
            .addRegularColumn("state", UTF8Type.instance)
            .addRegularColumn("started_at", TimestampType.instance)
            .addRegularColumn("ended_at", TimestampType.instance)
            .addRegularColumn("files", LongType.instance)
            .addRegularColumn("files_done", LongType.instance)
            .addRegularColumn("bytes", LongType.instance)
            .addRegularColumn("bytes_done", LongType.instance)
            .addRegularColumn("failure_count", LongType.instance)
            .addRegularColumn("failures", ListType.getInstance(UTF8Type.instance, false)));
    this.operations = operations;
  }

  @Override
  protected void fill(SimpleDataSet rows) {
    for (Operation operation : operations.all()) {
      Progress.Standing standing = operation.standing();
      rows.row(operation.id())
          .column("kind", operation.kind())
          .column("key_group", operation.key().group())
          .column("key_id", operation.key().keyId())
          .column("tables", Set.copyOf(operation.tables()))
          .column("state", standing.state().name().toLowerCase(Locale.ROOT))
          .column("started_at", date(standing.started()))
          .column("ended_at", date(standing.ended()))
          .column("files", standing.sstables())
          .column("files_done", standing.sstablesDone())
          .column("bytes", standing.bytes())
          .column("bytes_done", standing.bytesDone())
          .column("failure_count", standing.failureCount())
          .column("failures", texts(standing.failures()));
    }
  }

  private static List<String> texts(List<OperationFailure> failures) {
    return failures.stream().map(OperationFailure::toString).toList();
  }

  private static @Nullable Date date(@Nullable Instant instant) {
    return instant == null ? null : Date.from(instant);
  }
}
