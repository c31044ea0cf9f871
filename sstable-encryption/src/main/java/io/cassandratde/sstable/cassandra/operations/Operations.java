package io.cassandratde.sstable.cassandra.operations;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs operations in the background, one after the other, and remembers them. */
final class Operations implements AutoCloseable {

  private static final Logger logger = LoggerFactory.getLogger(Operations.class);
  private static final int REMEMBERED = 20;
  private static final long AGAIN_MILLIS = 200;

  private final List<Operation> all = new ArrayList<>();
  private final ScheduledExecutorService worker = thread("tde-key-operations");
  private final ScheduledExecutorService canceller = thread("tde-key-operations-cancel");

  private final Consumer<Operation> ended;

  private static ScheduledExecutorService thread(String name) {
    return Executors.newSingleThreadScheduledExecutor(
        task -> {
          Thread thread = new Thread(task, name);
          thread.setDaemon(true);
          return thread;
        });
  }

  /** Tells of each operation that has ended. */
  Operations(Consumer<Operation> ended) {
    this.ended = ended;
  }

  String start(Operation operation) {
    synchronized (all) {
      all.add(operation);
    }
    worker.execute(
        () -> {
          operation.run();
          ended.accept(operation);
          forgetOldest();
        });
    return operation.id();
  }

  private void forgetOldest() {
    synchronized (all) {
      List<Operation> ended = all.stream().filter(Operation::hasEnded).toList();
      all.removeAll(ended.subList(0, Math.max(0, ended.size() - REMEMBERED)));
    }
  }

  /** In the order of their start. */
  List<Operation> all() {
    synchronized (all) {
      return List.copyOf(all);
    }
  }

  boolean cancel(String id) {
    for (Operation operation : all()) {
      if (operation.id().equals(id) && !operation.hasEnded()) {
        cancelUntilEnded(operation);
        return true;
      }
    }
    return false;
  }

  private void cancelUntilEnded(Operation operation) {
    try {
      operation.cancel();
    } catch (RuntimeException e) {
      logger.warn("Cancelling operation {} failed; it is tried again", operation.id(), e);
    }
    if (!operation.hasEnded()) {
      var unused =
          canceller.schedule(
              () -> cancelUntilEnded(operation), AGAIN_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void close() {
    all().forEach(Operation::cancel);
    worker.shutdownNow();
    canceller.shutdownNow();
  }
}
