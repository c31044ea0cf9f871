package io.cassandratde.keys.cache;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Has the provider look after the keys that it keeps on disk: by timer, and when asked. */
final class Upkeep {

  private final Runnable work;
  private final Backoff backoff;
  private final Timer timer;
  private final Executor workers;

  Upkeep(Runnable work, Backoff backoff, Timer timer, Executor workers) {
    this.work = work;
    this.backoff = backoff;
    this.timer = timer;
    this.workers = workers;
  }

  /** Ends with the timer, which takes no task when it is closed. */
  void every(Duration longest) {
    var unused = timer.schedule(backoff.jittered(longest), () -> round(longest));
  }

  private void round(Duration longest) {
    // The work tells its own failures; the next round comes whatever happened.
    var unused = now().whenComplete((done, failure) -> every(longest));
  }

  /** Completes after a round that began after this call. */
  CompletableFuture<Void> now() {
    try {
      return CompletableFuture.runAsync(work, workers);
    } catch (RejectedExecutionException closing) {
      return CompletableFuture.completedFuture(null);
    }
  }
}
