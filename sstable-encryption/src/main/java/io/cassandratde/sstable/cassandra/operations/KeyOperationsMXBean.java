package io.cassandratde.sstable.cassandra.operations;

import java.util.List;

/**
 * What is done with keys on this node, over JMX at {@link #NAME}. Keys are named by the group of
 * their key server, or {@code local}, and their id there. Tables are {@code keyspace} or {@code
 * keyspace.table}; none means all of the node, system tables too. Nothing here holds key material.
 */
public interface KeyOperationsMXBean {

  String NAME = "io.cassandratde:type=KeyOperations";

  /**
   * Fetches the key from its server now, past all caches, and wraps and unwraps a canary with it.
   *
   * @return what nodes compare to see that they hold the same key
   */
  KeyCheck checkKey(String group, String keyId);

  /**
   * From now on nothing is sealed under the key on this node, no SSTable under it is opened anew,
   * imported or received in a stream, and no refresh brings it back. Who reads an SSTable under it
   * already goes on until he ends; it leaves the memory when no live SSTable needs it. Kept in
   * memory: a restart ends it, and {@link FencedKey#getId} tells whether one did. Called again, it
   * counts the live SSTables anew and changes nothing else.
   *
   * @throws IllegalStateException it is the current key of a table on this node
   */
  FencedKey fence(String group, String keyId);

  /** Ends a fence; false: there was none. */
  boolean unfence(String group, String keyId);

  List<FencedKey> getFences();

  /**
   * Wraps under the current keys of their tables the data keys of live SSTables that this key
   * wraps. No data is written: carrier and Statistics.db are replaced, snapshots keep theirs and
   * keep needing the key. For SSTables of format ebti.
   *
   * @return the id of the operation, which runs in the background
   * @throws IllegalStateException it is the current key of a table on this node
   */
  String rewrap(String group, String keyId, List<String> tables);

  /**
   * Rewrites the live SSTables that need this key, and no other, by compactions of type {@code
   * UPGRADE_SSTABLES}: compaction_throughput, {@code nodetool compactionstats} and {@code nodetool
   * stop} work as with {@code nodetool upgradesstables}. Stopped so, the operation ends as
   * cancelled.
   *
   * @param jobs how many SSTables at a time; 0: as many as there are compaction threads
   * @return the id of the operation, which runs in the background
   * @throws IllegalStateException it is the current key of a table on this node
   */
  String rewrite(String group, String keyId, List<String> tables, int jobs);

  /**
   * Brings from under the key what is no SSTable: flushes the tables that hold back commit-log
   * segments, which go then, saves caches anew, and has Paxos state merged into new files. Before
   * the fence, for a merge opens what it merges. Hints and segments of captured changes stay: the
   * inventory has them.
   *
   * @return the id of the operation, which runs in the background; done: no commit-log segment,
   *     saved cache or Paxos state of this node needs the key
   * @throws IllegalStateException it is the current key of a table on this node
   */
  String release(String group, String keyId);

  /** Waiting and running operations, and the last 20 that ended, in the order of their start. */
  List<OperationStatus> getOperations();

  /**
   * Has an operation end as soon as it can. What it has done stays done; to go on, start it again.
   *
   * @return false: there is none of this id that has not ended
   */
  boolean cancel(String id);
}
