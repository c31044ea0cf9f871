package io.cassandratde.sstable.cassandra.operations;

import io.cassandratde.sstable.cassandra.ebti.Rewrapping;
import io.cassandratde.sstable.cassandra.operations.LiveSSTables.Found;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Replaces the wraps of data keys, file by file; no data is written. */
final class Rewrap extends SSTableOperation {

  /** They wait for the disk most of the time: four syncs for each SSTable. */
  private static final int WORKERS = 4;

  Rewrap(NamedKey key, List<String> tables) {
    super("rewrap", key, tables);
  }

  @Override
  void bring(List<Found> found) {
    ExecutorService workers = Executors.newFixedThreadPool(WORKERS, Rewrap::thread);
    try {
      List<Future<?>> all = new ArrayList<>();
      found.forEach(each -> all.add(workers.submit(() -> bring(each))));
      for (Future<?> each : all) {
        each.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      cancel();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a worker ended: " + e.getCause(), e);
    } finally {
      workers.shutdownNow();
    }
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "tde-rewrap");
    thread.setDaemon(true);
    return thread;
  }

  private void bring(Found each) {
    if (isCancelled()) {
      return;
    }
    if (!Rewrapping.isPossible(each.sstable())) {
      progress()
          .failed(
              each.name(),
              "names its key in every chunk, not in a carrier (format "
                  + each.sstable().descriptor.getFormat().name()
                  + "): rewrite it instead");
      return;
    }
    try {
      var unused = Rewrapping.replaceKeys(each.sstable(), each.keys());
      progress().done(each.sstable().onDiskLength());
    } catch (IOException | RuntimeException e) {
      // One that is gone is no failure: what a compaction made of it is found in the next round.
      if (LiveSSTables.isLive(each.table(), each.sstable())) {
        progress().failed(each.name(), reason(e));
      }
    }
  }
}
