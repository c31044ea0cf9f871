package io.cassandratde.sstable.cassandra.operations;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How far an operation has come. */
final class Progress {

  private static final int MOST_FAILURES = 100;

  enum State {
    WAITING,
    RUNNING,
    DONE,
    FAILED,
    CANCELLED
  }

  /** At one moment. */
  record Standing(
      State state,
      @Nullable Instant started,
      @Nullable Instant ended,
      long sstables,
      long sstablesDone,
      long bytes,
      long bytesDone,
      long failureCount,
      List<OperationFailure> failures) {

    /** With what is half done besides. */
    Standing plusBytes(long more) {
      return new Standing(
          state,
          started,
          ended,
          sstables,
          sstablesDone,
          bytes,
          Math.min(bytes, bytesDone + more),
          failureCount,
          failures);
    }
  }

  private final List<OperationFailure> failures = new ArrayList<>();
  private State state = State.WAITING;
  private @Nullable Instant started;
  private @Nullable Instant ended;
  private long sstables;
  private long sstablesDone;
  private long bytes;
  private long bytesDone;
  private long failureCount;

  synchronized void start() {
    state = State.RUNNING;
    started = Instant.now();
  }

  synchronized void end(boolean cancelled) {
    state = cancelled ? State.CANCELLED : failureCount > 0 ? State.FAILED : State.DONE;
    ended = Instant.now();
  }

  synchronized void found(long count, long size) {
    sstables += count;
    bytes += size;
  }

  synchronized void done(long size) {
    sstablesDone++;
    bytesDone += size;
  }

  synchronized void failed(String subject, String reason) {
    failureCount++;
    if (failures.size() < MOST_FAILURES) {
      failures.add(new OperationFailure(subject, reason));
    }
  }

  synchronized Standing standing() {
    return new Standing(
        state,
        started,
        ended,
        sstables,
        sstablesDone,
        bytes,
        bytesDone,
        failureCount,
        List.copyOf(failures));
  }
}
