package org.apache.cassandra.service.paxos.uncommitted;

import org.apache.cassandra.schema.TableId;
import org.apache.cassandra.service.paxos.PaxosState;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * Has Cassandra write the files of unfinished lightweight transactions anew, which by itself it
 * does from two files of a table on.
 */
@NullMarked
public final class PaxosMerge {

  private PaxosMerge() {}

  /**
   * Begins a merge of a table's files into a new one, in Cassandra's own thread for that. Ask again
   * when one is under way: it may have begun before the key changed.
   *
   * @return false: a flush or another merge is under way, or the table has no files
   */
  public static boolean begin(TableId table) {
    @Nullable UncommittedTableData state = PaxosState.uncommittedTracker().getTableState(table);
    if (state == null) {
      return false;
    }
    synchronized (state) { // as Cassandra does, so that it begins none in between
      if (state.hasInProgressIO() || state.numFiles() == 0) {
        return false;
      }
      state.createMergeTask().maybeSchedule();
      return true;
    }
  }
}
