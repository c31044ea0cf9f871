package io.cassandratde.keys.replicated;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.keys.master.WrappedKey;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The port to the cluster's table of data keys. Reads and writes go by quorum, changes of a row by
 * lightweight transactions. Nothing that a caller is told of can be lost with a minority of nodes.
 *
 * <p>What it gives is not believed before it was opened: whoever may write to the keyspace may have
 * written it. Each call may block, within a limit of its own, and throws {@link
 * io.cassandratde.keys.KeyUnavailableException} ({@code nobodyAsked}) when the table cannot be
 * asked: before this node serves, without a quorum, while the keyspace is not there yet.
 */
public interface KeyTable {

  /** A process that has no table: a command, an offline tool, a node that starts. */
  KeyTable NONE = new NoKeyTable();

  /**
   * Refuses as long as the table is not there. No I/O. For statements that begin to use a
   * replicated key and may be refused: the table cannot be created any more once a flush waits for
   * a key of it, for Cassandra ends flushes in their order, and creating a table is one.
   *
   * @throws io.cassandratde.keys.KeyException naming the remedy
   */
  void requireThere();

  /** The keys of a line, newest version first. */
  List<DataKeyRow> line(KeyLine line);

  /** All keys of all lines. */
  List<DataKeyRow> all();

  /**
   * All keys of all lines with their wraps, in one reading. A key that is just being made may be
   * without: {@link #byId} tells.
   */
  List<StoredKey> allWithWraps();

  /** Null: the table has no such key, or a part of it. */
  @Nullable StoredKey byId(UUID keyId);

  /** Adds a version that is not there; false: it is there, whatever its key. */
  boolean add(DataKeyRow row);

  /** Changes the state of a key, and when it did; false: it was not as in {@code row} any more. */
  boolean change(DataKeyRow row, DataKeyRow to);

  /**
   * Adds a wrap; those that are there stay. It is newer than each of them, whatever the clock of
   * this node says. May come before the row does.
   */
  void addWrap(DataKeyRow row, WrappedKey wrapped);

  /**
   * Takes all wraps of a key away and leaves its row as {@link DataKeyState#REMOVED}, if it is as
   * in {@code row} still; false: it is not. A removal that was interrupted ends with the next one:
   * a row that is removed already may be given.
   */
  boolean remove(DataKeyRow row, Instant now);

  /** Takes away the wraps of a key, whether its row is there or not, but those from this one on. */
  void removeWraps(DataKeyRow row, Instant before);

  /**
   * The reference of the master key that wraps in this cluster. If none does yet, the one that
   * {@code source} offers becomes it, once all live nodes have shown that they have the same.
   *
   * @throws io.cassandratde.keys.KeyException also when they do not; names the nodes
   */
  KeyReference activeMaster(String name, MasterKeys source);
}
