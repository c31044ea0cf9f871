package io.cassandratde.kmip.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.ResponseReading;
import io.cassandratde.kmip.ttlv.TtlvDecoder;
import io.cassandratde.kmip.ttlv.TtlvDump;
import io.cassandratde.kmip.ttlv.TtlvEncoder;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/**
 * A million mutated answers through the codec, the response reader and the decoder of every
 * operation: nothing but typed exceptions comes out, and no message makes the client allocate much
 * more than it is long. Longer runs: {@code -Dtde.fuzz.messages=50000000 -Dtde.fuzz.seed=1}.
 */
class FuzzTest {
  private static final long MESSAGES = Long.getLong("tde.fuzz.messages", 1_000_000);
  private static final long SEED = Long.getLong("tde.fuzz.seed", 20261123);
  private static final int THREADS = 2;
  private static final List<Seeds> SEEDS = Seeds.all();
  private static final ThreadMXBean THREAD_BEAN =
      (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Objects, lists and views per eight bytes of message; measured: at most 30. */
  private static final int ALLOCATION_FACTOR = 64;

  /** An exception with its stack trace and message. */
  private static final int ALLOCATION_BASE = 64 * 1024;

  /** What became of the messages; soundness is looked at in every eighth. */
  private static final class Tally {
    final long[] accepted = new long[SEEDS.size()];
    final long[] refused = new long[SEEDS.size()];
    long sound;
  }

  @Test
  void should_throw_typed_exceptions_only_and_allocate_little() throws Exception {
    List<FutureTask<Tally>> runs = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      long seed = SEED + i;
      FutureTask<Tally> run = new FutureTask<>((Callable<Tally>) () -> fuzz(seed));
      runs.add(run);
      Thread thread = new Thread(run, "fuzz-" + i); // its stack is short: cheap exceptions
      thread.setDaemon(true);
      thread.start();
    }
    for (FutureTask<Tally> run : runs) {
      assertThatItReachedEverything(result(run));
    }
  }

  private static Tally result(FutureTask<Tally> run) throws Exception {
    try {
      return run.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AssertionError error) {
        throw error;
      }
      throw e;
    }
  }

  /** A fuzzer whose messages all fail at the first byte, or never, proves nothing. */
  private static void assertThatItReachedEverything(Tally tally) {
    long each = MESSAGES / THREADS / 8;
    assertThat(tally.sound).isBetween(each / 5, each * 4 / 5);
    for (int i = 0; i < SEEDS.size(); i++) {
      String name = SEEDS.get(i).operation().name() + " " + SEEDS.get(i).version();
      assertThat(tally.refused[i]).as(name + " refused").isPositive();
      assertThat(tally.accepted[i]).as(name + " accepted").isPositive();
    }
  }

  private static Tally fuzz(long seed) throws Exception {
    Mutator mutator = new Mutator(seed);
    Tally tally = new Tally();
    for (long i = 0; i < MESSAGES / THREADS; i++) {
      int which = mutator.pick(SEEDS.size());
      Structure donor = SEEDS.get(mutator.pick(SEEDS.size())).answer();
      byte[] message = mutator.mutate(SEEDS.get(which), donor);
      try {
        byte[] copy = message.clone();
        long before = THREAD_BEAN.getCurrentThreadAllocatedBytes();
        boolean accepted = reads(SEEDS.get(which), copy);
        long allocated = THREAD_BEAN.getCurrentThreadAllocatedBytes() - before;
        // Again before it is an error: the first run through a path also loads classes.
        if (allocated > bound(message) && allocated(SEEDS.get(which), message) > bound(message)) {
          throw new AssertionError(allocated + " bytes allocated");
        }
        if (i % 8 == 0 && decodes(message)) {
          assertThatItRoundTrips(message);
          tally.sound++;
        }
        (accepted ? tally.accepted : tally.refused)[which]++;
      } catch (RuntimeException | Error e) {
        throw new AssertionError(
            "%s (seed %d, message %d, answer to %s): %s"
                .formatted(
                    e,
                    seed,
                    i,
                    SEEDS.get(which).operation().name(),
                    HexFormat.of().formatHex(message)),
            e);
      }
    }
    return tally;
  }

  private static long bound(byte[] message) {
    return ALLOCATION_BASE + (long) ALLOCATION_FACTOR * message.length;
  }

  private static long allocated(Seeds seed, byte[] message) {
    byte[] copy = message.clone();
    long before = THREAD_BEAN.getCurrentThreadAllocatedBytes();
    reads(seed, copy);
    return THREAD_BEAN.getCurrentThreadAllocatedBytes() - before;
  }

  private static boolean decodes(byte[] message) {
    try {
      return new TtlvDecoder().decode(message).tag() != 0;
    } catch (TtlvException e) {
      return false;
    }
  }

  private static boolean reads(Seeds seed, byte[] message) {
    try {
      return ResponseReading.read(message, seed.operation(), seed.version()) != null;
    } catch (TtlvException | KmipException e) {
      return false;
    }
  }

  /** What decodes has one canonical form, which decodes to the same; and it can be logged. */
  private static void assertThatItRoundTrips(byte[] message) throws TtlvException {
    TtlvItem item = new TtlvDecoder().decode(message);
    byte[] canonical = TtlvEncoder.encode(item);
    if (!new TtlvDecoder().decode(canonical).equals(item)
        || TtlvDump.dump(item).isEmpty()
        || !Arrays.equals(TtlvEncoder.encode(new TtlvDecoder().decode(canonical)), canonical)) {
      throw new AssertionError("no round trip");
    }
  }
}
