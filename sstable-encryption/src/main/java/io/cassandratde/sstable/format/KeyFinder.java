package io.cassandratde.sstable.format;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyReference;

/** Finds the data key that a chunk names. */
@FunctionalInterface
public interface KeyFinder {

  /**
   * The key of this reference.
   *
   * @throws io.cassandratde.keys.KeyException typed by what the operator does about it; never an
   *     IOException, which would read as corruption
   */
  DataKey find(KeyReference reference);
}
