package io.cassandratde.sstable.format.page;

import java.io.IOException;
import java.nio.MappedByteBuffer;

/** Where plaintext that is mapped lives. */
@FunctionalInterface
public interface PageMemory {

  /**
   * Memory outside the heap, zeroed, freed as mapped files are (by its cleaner).
   *
   * @throws IOException there is none left within the configured bound
   */
  MappedByteBuffer allocate(int bytes) throws IOException;
}
