package io.cassandratde.keys.cache;

import java.time.Duration;

/** Runs short tasks later. Tasks must not block; network calls go to the cache's workers. */
public interface Timer extends AutoCloseable {

  Scheduled schedule(Duration delay, Runnable task);

  @Override
  void close();

  /** A task that is waiting for its time. */
  interface Scheduled {
    void cancel();
  }
}
