package io.cassandratde.sstable.cassandra.inventory;

import io.cassandratde.sstable.inventory.TableDirectory;

/** A directory of a table, of one that was dropped too. */
public final class TableDirectoryStatus {

  private final TableDirectory directory;

  TableDirectoryStatus(TableDirectory directory) {
    this.directory = directory;
  }

  public String getPath() {
    return directory.path().toString();
  }

  /** In it and below, of any kind, snapshots and backups among them. */
  public long getFiles() {
    return directory.files();
  }

  public long getBytes() {
    return directory.bytes();
  }
}
