package io.cassandratde.sstable.cassandra;

import java.util.function.Consumer;
import org.apache.cassandra.db.ColumnFamilyStore;
import org.apache.cassandra.db.Keyspace;
import org.apache.cassandra.schema.KeyspaceMetadata;
import org.apache.cassandra.schema.Schema;
import org.apache.cassandra.schema.TableMetadata;
import org.apache.cassandra.schema.TableMetadataRef;
import org.jspecify.annotations.Nullable;

/**
 * All definitions of tables by which Cassandra writes.
 *
 * <p>Where they stand in Cassandra 5.0.9: in the schema's own objects; in a table's
 * TableMetadataRef, which keeps the old object when a merged schema brings an equal one; in the
 * private ref of a legacy index's table, which is made once from its base table; and in a ref's
 * local override, set over JMX.
 */
public final class TableDefinitions {

  private TableDefinitions() {}

  /** Some come more than once. Cassandra must be initialized. */
  public static void forEach(Consumer<TableMetadata> consumer) {
    for (String name : Schema.instance.getKeyspaces()) {
      KeyspaceMetadata keyspace = Schema.instance.getKeyspaceMetadata(name);
      if (keyspace == null) {
        continue;
      }
      for (TableMetadata table : keyspace.tablesAndViews()) {
        consumer.accept(table);
        both(Schema.instance.getTableMetadataRef(table.id), consumer);
      }
      Keyspace open = Schema.instance.getKeyspaceInstance(name);
      if (open != null) {
        for (ColumnFamilyStore store : open.getColumnFamilyStores()) {
          store.concatWithIndexes().forEach(each -> both(each.metadata, consumer));
        }
      }
    }
  }

  private static void both(@Nullable TableMetadataRef ref, Consumer<TableMetadata> consumer) {
    if (ref != null) {
      consumer.accept(ref.get());
      consumer.accept(ref.getLocal());
    }
  }
}
