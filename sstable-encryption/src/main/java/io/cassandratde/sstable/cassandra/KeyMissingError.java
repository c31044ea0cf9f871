package io.cassandratde.sstable.cassandra;

/**
 * A scrub or verify met data whose key cannot be had. An Error, because Cassandra's scrubber takes
 * every exception for a damaged partition, leaves it out and deletes the original; errors alone end
 * it with the original in place (SortedTableScrubber.throwIfFatal).
 */
public final class KeyMissingError extends Error {

  private static final long serialVersionUID = 1L;

  public KeyMissingError(String message) {
    super(message);
  }
}
