package io.cassandratde.sstable.cassandra.operations;

import io.cassandratde.sstable.cassandra.operations.LiveSSTables.Found;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.cassandra.db.ColumnFamilyStore;
import org.apache.cassandra.db.compaction.CompactionInfo;
import org.apache.cassandra.db.compaction.CompactionInterruptedException;
import org.apache.cassandra.db.compaction.CompactionManager;
import org.apache.cassandra.db.compaction.CompactionManager.AllSSTableOpStatus;
import org.apache.cassandra.db.compaction.OperationType;
import org.apache.cassandra.io.sstable.Descriptor;
import org.apache.cassandra.io.sstable.format.SSTableReader;

/** Rewrites SSTables by Cassandra's own compactions, as {@code nodetool upgradesstables} does. */
final class Rewrite extends SSTableOperation {

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final int jobs;

  /** What is being rewritten: that of one table at a time. */
  private volatile List<Found> current = List.of();

  Rewrite(NamedKey key, List<String> tables, int jobs) {
    super("rewrite", key, tables);
    this.jobs = jobs;
  }

  @Override
  void bring(List<Found> found) {
    Map<ColumnFamilyStore, List<Found>> byTable = new LinkedHashMap<>();
    found.forEach(each -> byTable.computeIfAbsent(each.table(), t -> new ArrayList<>()).add(each));
    for (Map.Entry<ColumnFamilyStore, List<Found>> each : byTable.entrySet()) {
      if (isCancelled()) {
        return;
      }
      current = each.getValue();
      rewrite(each.getKey(), each.getValue());
      current = List.of();
      gone(each.getValue()).forEach(sstable -> progress().done(sstable.onDiskLength()));
    }
  }

  /** Those of one table that have been replaced. */
  private static List<SSTableReader> gone(List<Found> found) {
    Set<Descriptor> live = found.isEmpty() ? Set.of() : LiveSSTables.live(found.get(0).table());
    return found.stream()
        .map(Found::sstable)
        .filter(sstable -> !live.contains(sstable.descriptor))
        .toList();
  }

  private void rewrite(ColumnFamilyStore table, List<Found> found) {
    Set<Descriptor> wanted =
        found.stream().map(each -> each.sstable().descriptor).collect(Collectors.toSet());
    String name = table.getKeyspaceName() + '.' + table.getTableName();
    try {
      AllSSTableOpStatus status =
          CompactionManager.instance.performSSTableRewrite(
              table, sstable -> !isCancelled() && wanted.contains(sstable.descriptor), jobs);
      if (status == AllSSTableOpStatus.UNABLE_TO_CANCEL) {
        progress()
            .failed(
                name,
                "a compaction that goes before this one is running (repair, cleanup or another"
                    + " rewrite): start the operation again when nodetool compactionstats shows"
                    + " none");
      } else if (status == AllSSTableOpStatus.ABORTED) {
        progress().failed(name, "Cassandra takes no more compactions: it is shutting down");
      }
    } catch (ExecutionException | RuntimeException e) {
      if (isInterruption(e)) {
        stopped(table, found);
      } else if (!isCancelled()) {
        progress().failed(name, reason(e));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      cancel();
    }
  }

  /**
   * Whoever stops its compactions on the node does not want those of the next table. A truncation
   * stops them too, and leaves nothing to rewrite.
   */
  private void stopped(ColumnFamilyStore table, List<Found> found) {
    if (!isCancelled() && !isEmptied(table, found)) {
      progress()
          .failed(
              table.getKeyspaceName() + '.' + table.getTableName(),
              "its compaction was stopped (nodetool stop, or the node is shutting down): what was"
                  + " rewritten stays; start the operation again for the rest");
      super.cancel();
    }
  }

  /** Whether it was dropped or truncated. No compaction begins until a truncation has ended. */
  private boolean isEmptied(ColumnFamilyStore table, List<Found> found) {
    while (table.isValid() && !table.getCompactionStrategyManager().isActive() && !isCancelled()) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return !table.isValid() || gone(found).size() == found.size();
  }

  private static boolean isInterruption(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CompactionInterruptedException) {
        return true;
      }
    }
    return false;
  }

  /** Stops the compactions that are under way; one that waits for a thread may begin later. */
  @Override
  void cancel() {
    super.cancel();
    running().forEach(CompactionInfo.Holder::stop);
  }

  private List<CompactionInfo.Holder> running() {
    Set<Descriptor> ours =
        current.stream().map(each -> each.sstable().descriptor).collect(Collectors.toSet());
    return CompactionManager.instance.active.getCompactions().stream()
        .filter(
            holder ->
                holder.getCompactionInfo().getTaskType() == OperationType.UPGRADE_SSTABLES
                    && holder.getCompactionInfo().getSSTables().stream()
                        .anyMatch(sstable -> ours.contains(sstable.descriptor)))
        .toList();
  }

  /** With what the compactions under way have read of their SSTables, and those that have ended. */
  @Override
  Progress.Standing standing() {
    double read = gone(current).stream().mapToLong(SSTableReader::onDiskLength).sum();
    for (CompactionInfo.Holder holder : running()) {
      CompactionInfo info = holder.getCompactionInfo();
      long size = info.getSSTables().stream().mapToLong(SSTableReader::onDiskLength).sum();
      read += info.getTotal() == 0 ? 0 : (double) size * info.getCompleted() / info.getTotal();
    }
    return super.standing().plusBytes((long) read);
  }
}
