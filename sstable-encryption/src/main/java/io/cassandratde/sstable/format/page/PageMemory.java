package io.cassandratde.sstable.format.page;

import java.nio.MappedByteBuffer;

/** Where plaintext that is mapped lives: outside the heap, within a bound. */
public interface PageMemory {

  /**
   * Memory that {@link #free}, and whatever frees mapped files, gives back.
   *
   * @param file which file is mapped, for messages
   * @throws RuntimeException there is none left within the configured bound; never an IOException,
   *     which Cassandra takes for a failure of the disk
   */
  MappedByteBuffer allocate(int bytes, String file);

  /** Gives back what this made. */
  void free(MappedByteBuffer memory);
}
