package io.cassandratde.sstable.cassandra.inventory;

import io.cassandratde.sstable.inventory.LiveSSTable;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A data directory, and what a rewrite of the SSTables that need a key wants of its disk. */
public final class DataDirectoryStatus {

  private final Path directory;
  private final List<Long> sizes;

  private DataDirectoryStatus(Path directory, List<Long> sizes) {
    this.directory = directory;
    this.sizes = sizes;
  }

  static DataDirectoryStatus of(Path directory, List<LiveSSTable> live, String keyId) {
    return new DataDirectoryStatus(
        directory,
        live.stream()
            .filter(sstable -> sstable.data().startsWith(directory))
            .filter(
                sstable ->
                    sstable.needs().keys().keySet().stream()
                        .anyMatch(key -> key.keyId().equals(keyId)))
            .map(LiveSSTable::bytes)
            .toList());
  }

  public String getPath() {
    return directory.toString();
  }

  /** What Cassandra may still write there; -1: the disk does not tell. */
  public long getUsableBytes() {
    try {
      FileStore store = Files.getFileStore(directory);
      return store.getUsableSpace();
    } catch (IOException e) {
      return -1;
    }
  }

  /** That need the key. */
  public int getSSTables() {
    return sizes.size();
  }

  /** Of the largest of them, all components: a rewrite needs as much, for each job. */
  public long getLargestBytes() {
    return sizes.stream().mapToLong(Long::longValue).max().orElse(0);
  }
}
