package io.cassandratde.sstable.cassandra.hierarchy;

import java.util.UUID;

/**
 * What a node has of a version of a master key.
 *
 * @param address for people; host ids are what counts
 * @param checkValue eight hexadecimal digits, of the key by which it opened the canary; empty: it
 *     did not
 * @param failure why not, and what it has instead; empty: it did
 */
record MasterKeyReport(UUID host, String address, String checkValue, String failure) {

  @Override
  public String toString() {
    return checkValue.isEmpty() ? failure : checkValue;
  }
}
