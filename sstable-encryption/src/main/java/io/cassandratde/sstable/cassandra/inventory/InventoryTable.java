package io.cassandratde.sstable.cassandra.inventory;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.sstable.inventory.GroupNames;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.cassandra.db.marshal.SetType;
import org.apache.cassandra.db.marshal.UTF8Type;
import org.apache.cassandra.db.virtual.AbstractVirtualTable;
import org.apache.cassandra.db.virtual.SimpleDataSet;
import org.apache.cassandra.dht.LocalPartitioner;
import org.apache.cassandra.schema.TableMetadata;
import org.jspecify.annotations.Nullable;

/** A table of {@code system_encryption}; its rows are made for each query. */
public abstract class InventoryTable extends AbstractVirtualTable {

  public static final String KEYSPACE = "system_encryption";

  /** Names of keys, {@code group/id}. */
  protected static final SetType<String> KEY_NAMES = SetType.getInstance(UTF8Type.instance, false);

  protected InventoryTable(TableMetadata.Builder definition) {
    super(definition.build());
  }

  /** With a partition key of one text column, which the caller adds. */
  protected static TableMetadata.Builder define(String name, String comment) {
    return TableMetadata.builder(KEYSPACE, name)
        .comment(comment)
        .kind(TableMetadata.Kind.VIRTUAL)
        .partitioner(new LocalPartitioner(UTF8Type.instance));
  }

  @Override
  public final DataSet data() {
    SimpleDataSet rows = new SimpleDataSet(metadata());
    fill(rows);
    return rows;
  }

  protected abstract void fill(SimpleDataSet rows);

  /** Columns of keys may not be null. */
  static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  /** The name of each key's group. */
  static Map<KeyReference, String> groups(GroupNames groups, Map<KeyReference, ?> keys) {
    Map<KeyReference, String> names = new HashMap<>();
    keys.keySet().forEach(key -> names.put(key, ServerInventory.group(groups, key)));
    return names;
  }

  static Set<String> names(GroupNames groups, Map<KeyReference, ?> keys) {
    Set<String> names = new TreeSet<>();
    for (KeyReference key : keys.keySet()) {
      names.add(ServerInventory.group(groups, key) + '/' + key.keyId());
    }
    return names;
  }
}
