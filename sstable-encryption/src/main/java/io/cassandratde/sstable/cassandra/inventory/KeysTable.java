package io.cassandratde.sstable.cassandra.inventory;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.sstable.inventory.GroupNames;
import io.cassandratde.sstable.inventory.Place;
import java.time.Duration;
import java.util.Date;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.cassandra.db.marshal.BooleanType;
import org.apache.cassandra.db.marshal.LongType;
import org.apache.cassandra.db.marshal.TimestampType;
import org.apache.cassandra.db.marshal.UTF8Type;
import org.apache.cassandra.db.virtual.SimpleDataSet;
import org.apache.cassandra.schema.TableMetadata;

/** {@code keys}: what needs each key, in one row. */
final class KeysTable extends InventoryTable {

  private final ServerInventory inventory;
  private final Duration limit;

  KeysTable(ServerInventory inventory, Duration limit) {
    super(definition());
    this.inventory = inventory;
    this.limit = limit;
  }

  private static TableMetadata.Builder definition() {
    TableMetadata.Builder table =
        define(
                "keys",
                "keys that files of this node need, and how many; a key is needed by nothing here"
                    + " only if it has no row and every row says complete")
            .addPartitionKeyColumn("key_group", UTF8Type.instance)
            .addClusteringColumn("key_id", UTF8Type.instance)
            .addClusteringColumn("check_value", UTF8Type.instance)
            .addRegularColumn("current", BooleanType.instance)
            .addRegularColumn("live_compacting", LongType.instance)
            .addRegularColumn("read_at", TimestampType.instance)
            .addRegularColumn("complete", BooleanType.instance);
    for (Place place : Place.values()) {
      table.addRegularColumn(place.text() + "_files", LongType.instance);
      table.addRegularColumn(place.text() + "_bytes", LongType.instance);
    }
    return table;
  }

  private static final class Sum {
    private final Map<Place, Long> files = new EnumMap<>(Place.class);
    private final Map<Place, Long> bytes = new EnumMap<>(Place.class);
    private long compacting;

    private void add(KeyUseStatus use) {
      files.merge(use.need().place(), use.getFiles(), Long::sum);
      bytes.merge(use.need().place(), use.getBytes(), Long::sum);
      compacting += use.getCompactingFiles();
    }
  }

  @Override
  protected void fill(SimpleDataSet rows) {
    ServerInventory.Reading reading = inventory.notOlderThan(limit);
    Map<KeyReference, Sum> sums = new LinkedHashMap<>();
    var current = inventory.currentKeys();
    current.forEach(key -> sums.put(key, new Sum()));
    reading.uses().forEach(use -> sums.computeIfAbsent(use.key(), key -> new Sum()).add(use));
    GroupNames groups = inventory.groups();
    sums.forEach(
        (key, sum) -> {
          rows.row(ServerInventory.group(groups, key), key.keyId(), KeyUseStatus.checkValue(key))
              .column("current", current.contains(key))
              .column("live_compacting", sum.compacting)
              .column("read_at", Date.from(reading.disk().at()))
              .column("complete", reading.disk().complete());
          for (Place place : Place.values()) {
            rows.column(place.text() + "_files", sum.files.getOrDefault(place, 0L));
            rows.column(place.text() + "_bytes", sum.bytes.getOrDefault(place, 0L));
          }
        });
  }
}
