package io.cassandratde.sstable.cassandra.inventory;

import io.cassandratde.keys.KeyProvider.HostStatus;
import io.cassandratde.keys.cache.KeyCache;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.apache.cassandra.db.marshal.BooleanType;
import org.apache.cassandra.db.marshal.DoubleType;
import org.apache.cassandra.db.marshal.Int32Type;
import org.apache.cassandra.db.marshal.TimestampType;
import org.apache.cassandra.db.marshal.UTF8Type;
import org.apache.cassandra.db.virtual.SimpleDataSet;
import org.jspecify.annotations.Nullable;

/** {@code kmip_hosts}: how the key servers fare, as far as this node has asked them. */
final class KmipHostsTable extends InventoryTable {

  private final KeyCache keys;

  KmipHostsTable(KeyCache keys) {
    super(
        define(
                "kmip_hosts",
                "key servers as this node finds them; one behind the first of its group is asked"
                    + " only when it must be")
            .addPartitionKeyColumn("key_group", UTF8Type.instance)
            .addClusteringColumn("host", UTF8Type.instance)
            .addRegularColumn("healthy", BooleanType.instance)
            .addRegularColumn("failures_in_a_row", Int32Type.instance)
            .addRegularColumn("last_error", UTF8Type.instance)
            .addRegularColumn("last_success", TimestampType.instance)
            .addRegularColumn("latency_millis", DoubleType.instance));
    this.keys = keys;
  }

  @Override
  protected void fill(SimpleDataSet rows) {
    for (HostStatus host : keys.hosts()) {
      rows.row(host.group(), host.host())
          .column("healthy", healthy(host))
          .column("failures_in_a_row", host.failuresInARow())
          .column("last_error", host.lastError())
          .column("last_success", date(host.lastAnswer()))
          .column("latency_millis", millis(host.latency()));
    }
  }

  /** Null: it was not asked yet. */
  private static @Nullable Boolean healthy(HostStatus host) {
    if (host.failuresInARow() > 0) {
      return false;
    }
    return host.lastAnswer() == null ? null : Boolean.TRUE;
  }

  private static @Nullable Date date(@Nullable Instant instant) {
    return instant == null ? null : Date.from(instant);
  }

  private static @Nullable Double millis(@Nullable Duration latency) {
    return latency == null ? null : Double.valueOf(latency.toNanos() / 1e6);
  }
}
