package io.cassandratde.sstable.cassandra.inventory;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which keys the files of this node need, over JMX at {@link #NAME}. Values hold key ids, paths and
 * counts, never key material.
 */
public interface KeyInventoryMXBean {

  String NAME = "io.cassandratde:type=KeyInventory";

  /**
   * The last reading, which a timer repeats; null before the first. Of SSTables in codec mode it
   * may know the first and the last chunk alone, and says so among the open items.
   */
  @Nullable KeyInventoryReport getInventory();

  /**
   * Reads the disk now: every directory, and all headers of every file that is not the very one of
   * the last reading. What a proof that a key is not needed is built on (docs/RULES.md R25).
   */
  KeyInventoryReport refresh();

  /**
   * The data directories, with the live SSTables in them that need a key of this id, by a reading
   * that is a few seconds old at most.
   */
  List<DataDirectoryStatus> dataDirectories(String keyId);

  /**
   * Directories of the tables of a keyspace, of tables that were dropped too, with all files in
   * them as they stand now.
   */
  List<TableDirectoryStatus> tableDirectories(String keyspace);

  /** The ids of the tables and views of a keyspace, as the schema has them; none: no such. */
  List<String> tableIds(String keyspace);

  /**
   * Files of a keyspace that hold something readable without a key, and segments of change data in
   * clear, which may hold rows of any; by a reading that is a few seconds old at most.
   */
  List<ClearFilesStatus> filesInClear(String keyspace);

  /**
   * Files in cdc_raw, by name: segments of the commit log that wait for whoever reads changes.
   * Whatever key seals them, and in clear too.
   */
  List<String> changeSegments();
}
