package io.cassandratde.sstable.inventory;

import java.util.Locale;

/** Where a file stands in a node's life. */
public enum Place {
  /** In a table's directory: the table's SSTables, and what the next start takes for one. */
  LIVE,
  /** Hard links of SSTables as they were: they keep needing the keys of then. */
  SNAPSHOT,
  /** Incremental backups. */
  BACKUP,
  COMMITLOG,
  /** Segments of the commit log that wait for whoever reads changes. */
  CDC,
  HINTS,
  /** Uncommitted state of lightweight transactions. */
  PAXOS,
  SAVED_CACHE,
  /** This node's copies of replicated data keys: they need the master keys that wrap them. */
  KEY_COPY,
  /** Below a data directory, where Cassandra puts nothing. */
  ELSEWHERE;

  /** As operators read it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
