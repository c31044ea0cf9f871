package io.cassandratde.tools.cluster;

import io.cassandratde.tools.jmx.NodeConnection;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.management.JMException;
import javax.management.RuntimeMBeanException;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;

/** What one node stores, as Cassandra's own beans tell and change it. */
public final class NodeStorage {

  private static final String STORAGE = "org.apache.cassandra.db:type=StorageService";
  private static final String COMMIT_LOG = "org.apache.cassandra.db:type=Commitlog";
  private static final String HINTS = "org.apache.cassandra.hints:type=HintsService";
  private static final String BATCHES = "org.apache.cassandra.db:type=BatchlogManager";

  private final NodeConnection node;

  public NodeStorage(NodeConnection node) {
    this.node = node;
  }

  /** The node's JMX address. */
  public String name() {
    return node.address().toString();
  }

  public String hostId() throws NodeFailureException {
    return call("its host id", NodeConnection::hostId);
  }

  /** Of its schema. */
  @SuppressWarnings("unchecked") // the MBean's declared type
  public Set<String> keyspaces() throws NodeFailureException {
    List<String> names =
        call("its keyspaces", open -> (List<String>) open.attribute(STORAGE, "Keyspaces"));
    return new TreeSet<>(names);
  }

  /** What the node has in memory of a keyspace goes to the disk. */
  public void flush(String keyspace) throws NodeFailureException {
    var unused =
        call(
            "flushing " + keyspace,
            open ->
                open.invoke(
                    STORAGE,
                    "forceKeyspaceFlush",
                    List.of(String.class, String[].class),
                    keyspace,
                    new String[0]));
  }

  /** Rewrites all of one table in one go, so that what is deleted goes. */
  public void compact(String keyspace, String table) throws NodeFailureException {
    var unused =
        call(
            "compacting " + keyspace + "." + table,
            open ->
                open.invoke(
                    STORAGE,
                    "forceKeyspaceCompaction",
                    List.of(boolean.class, String.class, String[].class),
                    false,
                    keyspace,
                    new String[] {table}));
  }

  /** Of the whole cluster; every replica must be up. */
  public void truncate(String keyspace, String table) throws NodeFailureException {
    var unused =
        call(
            "truncating " + keyspace + "." + table,
            open ->
                open.invoke(
                    STORAGE, "truncate", List.of(String.class, String.class), keyspace, table));
  }

  /** The tables of a keyspace, dropped ones too, by the names of snapshots that they have. */
  @SuppressWarnings("unchecked") // the MBean's declared type
  public Map<String, Set<String>> snapshots(String keyspace) throws NodeFailureException {
    Map<String, TabularData> details =
        call(
            "its snapshots",
            open -> (Map<String, TabularData>) open.attribute(STORAGE, "SnapshotDetails"));
    Map<String, Set<String>> tables = new TreeMap<>();
    details.forEach(
        (tag, rows) -> {
          for (Object each : rows.values()) {
            CompositeData row = (CompositeData) each;
            if (keyspace.equals(row.get("Keyspace name"))) {
              tables
                  .computeIfAbsent(tag, none -> new TreeSet<>())
                  .add(String.valueOf(row.get("Column family name")));
            }
          }
        });
    return tables;
  }

  /** Of these keyspaces, all their tables, as {@code nodetool snapshot -t}. */
  public void takeSnapshot(String tag, Collection<String> keyspaces) throws NodeFailureException {
    var unused =
        call(
            "the snapshot " + tag,
            open ->
                open.invoke(
                    STORAGE,
                    "takeSnapshot",
                    List.of(String.class, Map.class, String[].class),
                    tag,
                    Map.of(),
                    keyspaces.toArray(new String[0])));
  }

  /** The snapshot's files in this keyspace, of all its tables. */
  public void clearSnapshot(String tag, String keyspace) throws NodeFailureException {
    var unused =
        call(
            "clearing the snapshot " + tag,
            open ->
                open.invoke(
                    STORAGE,
                    "clearSnapshot",
                    List.of(String.class, String[].class),
                    tag,
                    new String[] {keyspace}));
  }

  /** Commit-log segments that hold what is not flushed, or wait to be archived. */
  @SuppressWarnings("unchecked") // the MBean's declared type
  public Set<String> segments() throws NodeFailureException {
    return call(
        "its commit log",
        open -> {
          Set<String> names =
              new TreeSet<>((List<String>) open.attribute(COMMIT_LOG, "ActiveSegmentNames"));
          names.addAll((List<String>) open.attribute(COMMIT_LOG, "ArchivingSegmentNames"));
          return names;
        });
  }

  /**
   * Hints that wait for one node.
   *
   * @param target its host id
   * @param oldest when the oldest file was begun
   */
  public record PendingHints(String target, String files, Instant oldest) {}

  /** By target. */
  @SuppressWarnings("unchecked") // the MBean's declared type
  public List<PendingHints> hints() throws NodeFailureException {
    List<Map<String, String>> pending =
        call(
            "its hints", open -> (List<Map<String, String>>) open.attribute(HINTS, "PendingHints"));
    List<PendingHints> hints = new ArrayList<>();
    for (Map<String, String> each : pending) {
      hints.add(
          new PendingHints(
              String.valueOf(each.get("host_id")),
              String.valueOf(each.get("total_files")),
              Instant.ofEpochMilli(Long.parseLong(each.getOrDefault("oldest_timestamp", "0")))));
    }
    return hints;
  }

  /** For all targets, without a way back. */
  public void deleteHints() throws NodeFailureException {
    var unused =
        call("deleting its hints", open -> open.invoke(HINTS, "deleteAllHints", List.of()));
  }

  /** Blocks until those that are old enough were sent on. */
  public void replayBatches() throws NodeFailureException {
    var unused =
        call(
            "replaying its batches",
            open -> open.invoke(BATCHES, "forceBatchlogReplay", List.of()));
  }

  /** Logged batches that are not carried out yet. */
  public int batches() throws NodeFailureException {
    return call(
        "counting its batches",
        open -> (Integer) open.invoke(BATCHES, "countAllBatches", List.of()));
  }

  /** Live SSTables and flushed or unflushed rows of a table, as its metrics know. */
  public boolean isEmpty(String keyspace, String table) throws NodeFailureException {
    String metric =
        "org.apache.cassandra.metrics:type=Table,keyspace=" + keyspace + ",scope=" + table;
    return call(
        "the size of " + keyspace + "." + table,
        open ->
            number(open, metric + ",name=LiveSSTableCount") == 0
                && number(open, metric + ",name=MemtableColumnsCount") == 0);
  }

  private static long number(NodeConnection open, String metric) throws IOException, JMException {
    return ((Number) open.attribute(metric, "Value")).longValue();
  }

  private interface Call<T> {
    T of(NodeConnection node) throws IOException, JMException;
  }

  private <T> T call(String what, Call<T> call) throws NodeFailureException {
    try {
      return call.of(node);
    } catch (IOException | JMException | RuntimeException e) {
      throw new NodeFailureException(
          name() + ": " + what + ": " + NodeConnection.rootMessage(e),
          e instanceof RuntimeMBeanException,
          e);
    }
  }
}
