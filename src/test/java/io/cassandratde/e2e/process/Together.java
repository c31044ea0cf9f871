package io.cassandratde.e2e.process;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/** Steps that do not touch each other at the same time: most of a program's run is its start. */
public final class Together {

  private Together() {}

  /** Ends when all have ended, with the first failure if there is one. */
  public static void run(Runnable... steps) {
    List<CompletableFuture<Void>> all = Stream.of(steps).map(CompletableFuture::runAsync).toList();
    try {
      CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof Error failed) {
        throw failed;
      }
      throw e;
    }
  }
}
