package io.cassandratde.e2e.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/** Clients that each send one request after the other. */
final class Clients {

  private Clients() {}

  /**
   * Runs operations 0 to {@code count} - 1, shared among the clients.
   *
   * @return {@code <name> p50} and {@code p99} in microseconds, and {@code <name>, mean per
   *     request} over all clients' wall time, the inverse of the throughput
   */
  static Map<String, Double> run(String name, int clients, int count, IntConsumer operation) {
    long[] nanos = new long[count];
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    long start = System.nanoTime();
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int client = 0; client < clients; client++) {
        int first = client;
        all.add(
            threads.submit(
                () -> {
                  for (int i = first; i < count; i += clients) {
                    long begin = System.nanoTime();
                    operation.accept(i);
                    nanos[i] = System.nanoTime() - begin;
                  }
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(name + " failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      threads.shutdownNow();
    }
    double wall = (System.nanoTime() - start) / 1e3;
    Arrays.sort(nanos);
    Map<String, Double> costs = new LinkedHashMap<>();
    costs.put(name + ", p50 (us)", nanos[count / 2] / 1e3);
    costs.put(name + ", p99 (us)", nanos[(int) (count * 0.99)] / 1e3);
    costs.put(name + ", 1/throughput (us)", wall / count);
    return costs;
  }
}
