package io.cassandratde.tools.inventory;

import io.cassandratde.sstable.inventory.TablePath;
import java.nio.file.Path;
import java.util.List;

/**
 * One SSTable and the keys that its chunks name.
 *
 * @param plaintext no compressor of ours wrote it: nothing of it is sealed
 * @param problems why the list of keys may be incomplete; empty when every chunk was read
 */
public record SSTableKeys(
    Path dataFile, TablePath table, List<Key> keys, boolean plaintext, List<String> problems) {

  /** A key and the number of chunks that it seals. */
  public record Key(String group, String id, long chunks) {}
}
