package io.cassandratde.sstable.inventory;

/**
 * How much of an SSTable in codec mode is read, whose chunks name a key each. Those of format ebti
 * name theirs in the carrier and in Statistics.db, and cost the same at any depth.
 */
public enum Depth {
  /** The first and the last chunk: what a start can afford (docs/RULES.md R22). */
  EDGES,
  /** The header of every chunk: what a proof needs. */
  HEADERS,
  /** Every chunk, against Cassandra's checksum. */
  CHECKSUMS
}
