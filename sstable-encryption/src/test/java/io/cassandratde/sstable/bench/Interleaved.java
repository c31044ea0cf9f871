package io.cassandratde.sstable.bench;

import java.util.Arrays;

/**
 * The budget's six measurements in one JVM, in turns of a few hundred microseconds, so that a busy
 * machine disturbs all of them alike: for when the machine cannot be left alone. JMH ({@link
 * BenchReport}) is the judge on a quiet one.
 */
public final class Interleaved {

  private static final int OPERATIONS = 20;
  private static final int WARMUP = 3000;

  private interface Operation {
    int run() throws Exception;
  }

  private Interleaved() {}

  /** Arguments: codec, rows or blobs, ACCP or SunJCE, rounds. */
  public static void main(String[] args) throws Exception {
    Chunk chunk = new Chunk();
    chunk.data = args[1];
    chunk.fill();
    CodecBench ours = new CodecBench();
    ours.codec = Codec.valueOf(args[0]);
    ours.provider = args[2];
    ours.setUp(chunk);
    StockBench stock = new StockBench();
    stock.codec = ours.codec;
    stock.setUp(chunk);
    GcmBench sealing = gcm(ours.codec, chunk);
    GcmBench opening = gcm(ours.codec, chunk);
    Operation[] operations = {
      () -> ours.seal(chunk),
      () -> stock.compress(chunk),
      sealing::gcmSeal,
      ours::open,
      stock::uncompress,
      opening::gcmOpen
    };
    long[][] times = measure(operations, Integer.parseInt(args[3]));
    System.out.printf("| %s/%s | %s |", args[0], args[1], args[2]);
    for (int percent : new int[] {2, 50}) {
      double[] micros =
          Arrays.stream(times)
              .mapToDouble(t -> t[t.length * percent / 100] / 1000.0 / OPERATIONS)
              .toArray();
      System.out.printf(
          " %.2f | %.2f + %.2f | **%.2f** | %.2f | %.2f + %.2f | **%.2f** |",
          micros[0],
          micros[1],
          micros[2],
          micros[0] / (micros[1] + micros[2]),
          micros[3],
          micros[4],
          micros[5],
          micros[3] / (micros[4] + micros[5]));
    }
    System.out.println();
    ours.tearDown();
  }

  /** The best provider, which the budget measures everything against. */
  private static GcmBench gcm(Codec codec, Chunk chunk) throws Exception {
    GcmBench gcm = new GcmBench();
    gcm.codec = codec;
    gcm.provider = "ACCP";
    gcm.setUp(chunk);
    return gcm;
  }

  private static long[][] measure(Operation[] operations, int rounds) throws Exception {
    long[][] times = new long[operations.length][rounds];
    long used = 0;
    for (int round = -WARMUP; round < rounds; round++) {
      for (int i = 0; i < operations.length; i++) {
        long start = System.nanoTime();
        for (int n = 0; n < OPERATIONS; n++) {
          used += operations[i].run();
        }
        if (round >= 0) {
          times[i][round] = System.nanoTime() - start;
        }
      }
    }
    if (used == 0) {
      throw new IllegalStateException("nothing was measured");
    }
    Arrays.stream(times).forEach(Arrays::sort);
    return times;
  }
}
