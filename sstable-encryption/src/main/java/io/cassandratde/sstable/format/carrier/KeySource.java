package io.cassandratde.sstable.format.carrier;

import java.io.IOException;

/** Where the data keys of an SSTable come from. */
@FunctionalInterface
public interface KeySource {

  /**
   * The keys, this one among them if the carrier has it: a carrier may have grown since it was
   * read.
   *
   * @throws io.cassandratde.keys.KeyException a wrapping key cannot be had; never an IOException
   */
  SSTableKeys keysWith(int keyId) throws IOException;
}
