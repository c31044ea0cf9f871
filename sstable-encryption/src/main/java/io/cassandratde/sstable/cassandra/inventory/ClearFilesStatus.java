package io.cassandratde.sstable.cassandra.inventory;

import io.cassandratde.sstable.inventory.KeyNeed;
import io.cassandratde.sstable.inventory.LiveSSTable;
import io.cassandratde.sstable.inventory.Needs;
import io.cassandratde.sstable.inventory.NodeInventory;
import io.cassandratde.sstable.inventory.Place;
import io.cassandratde.sstable.inventory.TablePath;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Files of one table in one place that hold something readable without a key. */
public final class ClearFilesStatus {

  private final String form;
  private final KeyNeed files;

  private ClearFilesStatus(String form, KeyNeed files) {
    this.form = form;
    this.files = files;
  }

  /** Of a keyspace, and segments of change data, which may hold rows of any. */
  static List<ClearFilesStatus> of(String keyspace, NodeInventory read) {
    List<ClearFilesStatus> all = new ArrayList<>();
    for (KeyNeed need : read.needs()) {
      if (need.key() == null
          && (need.place() == Place.CDC || keyspace.equals(need.table().keyspace()))) {
        all.add(new ClearFilesStatus("plaintext", need));
      }
    }
    Map<TablePath, KeyNeed> codec = new LinkedHashMap<>();
    for (LiveSSTable sstable : read.live()) {
      if (sstable.needs().form() == Needs.Form.CODEC
          && keyspace.equals(sstable.table().keyspace())) {
        codec.merge(
            sstable.table(),
            new KeyNeed(null, Place.LIVE, sstable.table(), "", 1, sstable.bytes()),
            (one, two) ->
                new KeyNeed(
                    null,
                    Place.LIVE,
                    one.table(),
                    "",
                    one.files() + two.files(),
                    one.bytes() + two.bytes()));
      }
    }
    codec.values().forEach(need -> all.add(new ClearFilesStatus("codec", need)));
    return all;
  }

  /** {@code plaintext}; {@code codec}: of live SSTables whose Data.db alone is encrypted. */
  public String getForm() {
    return form;
  }

  /** As {@link KeyUseStatus#getPlace}. */
  public String getPlace() {
    return files.place().text();
  }

  /** Null where the files are no table's. */
  public @Nullable String getTable() {
    return files.table().table();
  }

  /** Of the snapshot; empty in other places. */
  public String getSnapshot() {
    return Objects.requireNonNull(files.name());
  }

  public long getFiles() {
    return files.files();
  }

  public long getBytes() {
    return files.bytes();
  }
}
