package io.cassandratde.sstable.cassandra.operations;

import java.time.Instant;

/** A key that nothing may begin to use on this node, as {@link KeyOperationsMXBean} shows it. */
public final class FencedKey {

  private final NamedKey key;
  private final String id;
  private final Instant since;
  private final long liveSSTables;

  FencedKey(NamedKey key, String id, Instant since, long liveSSTables) {
    this.key = key;
    this.id = id;
    this.since = since;
    this.liveSSTables = liveSSTables;
  }

  public String getGroup() {
    return key.group();
  }

  public String getKeyId() {
    return key.keyId();
  }

  /**
   * Another one for every fence. Whoever was given it by {@code fence}, read the inventory, and
   * then sees the same among the fences, knows that the fence held in between: a restart of the
   * node, or {@code unfence}, ends it for good.
   */
  public String getId() {
    return id;
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
