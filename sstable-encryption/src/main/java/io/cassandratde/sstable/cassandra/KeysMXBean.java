package io.cassandratde.sstable.cassandra;

import java.util.List;

/**
 * The keys of this node over JMX, at {@link #NAME}. Values hold key ids and host names, never key
 * material.
 */
public interface KeysMXBean {

  String NAME = "io.cassandratde:type=Keys";

  /** One per key spec that this node has sealed with since it started. */
  List<KeyStatus> getKeys();

  /** One per host of every configured KMIP group. */
  List<KeyHostStatus> getHosts();

  /** Keys in memory that open data, the current ones included. */
  int getOpeningKeys();

  /** Keys whose last fetch failed; readers are answered from this memory for a while. */
  int getRememberedFailures();

  /** Keys fetched from servers because data named them. */
  long getFetches();

  long getFetchFailures();

  /** Reads that were refused without asking a server again. */
  long getRefusedFromMemory();

  /** Keys in the local key cache; 0 without {@code local_key_cache}. */
  int getLocalCacheKeys();

  /** How often since the start a key from there stood in for key servers that were away. */
  long getLocalCacheUses();

  /**
   * Looks at the key servers now instead of within key_cache_millis, and forgets failed fetches.
   * Destroyed keys leave the local key cache. Waits for the looks to end.
   *
   * @return {@link #getKeys} afterwards; a look that failed shows there
   * @throws IllegalStateException when they have not ended after a minute; they go on
   */
  List<KeyStatus> refreshKeys();
}
