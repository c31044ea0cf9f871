package io.cassandratde.keys.cache;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The threads that ask servers: those of the refresh apart, so that many lost keys cannot hold up
 * the current ones.
 */
record Workers(Executor refreshers, Executor fetchers, List<ExecutorService> own)
    implements AutoCloseable {

  private static final int REFRESHERS = 8;
  private static final int FETCHERS = 4;

  static Workers of(@Nullable Executor given) {
    if (given != null) {
      return new Workers(given, given, List.of());
    }
    ExecutorService refreshers = daemons("tde-key-refresh", REFRESHERS);
    ExecutorService fetchers = daemons("tde-key-fetch", FETCHERS);
    return new Workers(refreshers, fetchers, List.of(refreshers, fetchers));
  }

  /**
   * Permanent and few: no look depends on a thread that can be had only now, and an outage blocks
   * no more than these.
   */
  private static ExecutorService daemons(String name, int count) {
    return Executors.newFixedThreadPool(
        count,
        task -> {
          Thread thread = new Thread(task, name);
          thread.setDaemon(true);
          return thread;
        });
  }

  @Override
  public void close() {
    own.forEach(ExecutorService::shutdownNow);
  }
}
