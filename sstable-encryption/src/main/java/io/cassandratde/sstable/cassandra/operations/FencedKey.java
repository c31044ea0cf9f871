package io.cassandratde.sstable.cassandra.operations;

import java.time.Instant;

/** A key that nothing may begin to use on this node, as {@link KeyOperationsMXBean} shows it. */
public final class FencedKey {

  private final String group;
  private final String keyId;
  private final Instant since;
  private final long liveSSTables;

  FencedKey(String group, String keyId, Instant since, long liveSSTables) {
    this.group = group;
    this.keyId = keyId;
    this.since = since;
    this.liveSSTables = liveSSTables;
  }

  public String getGroup() {
    return group;
  }

  public String getKeyId() {
    return keyId;
  }

  /** ISO 8601. */
  public String getSince() {
    return since.toString();
  }

  /**
   * That needed it when it was fenced, or whose keys could not be told: their readers go on, and
   * the key stays in memory for them. 0: it has left the memory. What else needs a key (snapshots,
   * backups, logs, hints) is the inventory's.
   */
  public long getLiveSSTables() {
    return liveSSTables;
  }
}
