package io.cassandratde.sstable.cassandra;

import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUnavailableException;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for whoever holds a key, such as a token: a key that this process knows may be out of reach
 * whenever it is used.
 */
final class HeldKeyWait {

  private static final Logger logger = LoggerFactory.getLogger(HeldKeyWait.class);
  private static final Duration LOUD = Duration.ofSeconds(10);
  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long LONGEST_PAUSE_MILLIS = 1000;

  private HeldKeyWait() {}

  /**
   * Seals, however long it takes, since a flush that throws stays stuck until restart
   * (docs/RULES.md R20). Whatever keeps it from sealing is for the operator to mend, and shows in
   * the log until then.
   */
  static <T, E extends Exception> T sealing(KeySpec spec, CodecRuntime.Sealing<T, E> sealing)
      throws E {
    long since = System.nanoTime();
    long nextCall = since;
    for (long pause = FIRST_PAUSE_MILLIS; ; pause = longer(pause)) {
      try {
        T sealed = sealing.seal();
        if (nextCall != since) {
          logger.info("Sealing for {} goes on", spec);
        }
        return sealed;
      } catch (KeyException away) {
        if (System.nanoTime() - nextCall >= 0) {
          logger.error(
              "Whatever seals for {} waits, since {} s, and goes on by itself: {}",
              spec,
              Duration.ofNanos(System.nanoTime() - since).toSeconds(),
              away.getMessage());
          nextCall = System.nanoTime() + LOUD.toNanos();
        }
        sleep(pause, away);
      }
    }
  }

  /**
   * Opens as soon as it can be.
   *
   * @param patience how long an outage is waited out
   * @throws KeyException waiting was in vain, or would be
   */
  static <T> T opening(Supplier<T> opening, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    for (long pause = FIRST_PAUSE_MILLIS; ; pause = longer(pause)) {
      try {
        return opening.get();
      } catch (KeyUnavailableException away) {
        if (System.nanoTime() - end >= 0) {
          throw away;
        }
        sleep(pause, away);
      }
    }
  }

  private static long longer(long pause) {
    return Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
  }

  private static void sleep(long millis, KeyException away) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KeyUnavailableException("interrupted while waiting", away);
    }
  }
}
