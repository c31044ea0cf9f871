package io.cassandratde.sstable.cassandra;

import io.cassandratde.keys.KeyAccessDeniedException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUnavailableException;
import java.time.Duration;
import org.apache.cassandra.utils.concurrent.UncheckedInterruptedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hinted handoff during an outage: the thread that reads the file waits in the middle of it, as
 * Cassandra has no other pause that keeps the file (docs/RULES.md R23). After an exception
 * HintsStore forgets it until the next start, or marks it as corrupt.
 *
 * <p>Stopping the node interrupts the thread. HintsDispatchExecutor puts the file back when it sees
 * {@link UncheckedInterruptedException}, and that one only.
 */
final class HintsPause {

  private static final Logger logger = LoggerFactory.getLogger(HintsPause.class);
  private static final Duration LOUD = Duration.ofSeconds(30);
  private static final long PAUSE_MILLIS = 1000;

  private HintsPause() {}

  /**
   * Waits as long as the outage lasts.
   *
   * @throws KeyException waiting would not help: the key is gone, or is another
   * @throws UncheckedInterruptedException the node stops
   */
  static void await(CodecRuntime runtime, KeySpec hint, KeyReference key) {
    long since = System.nanoTime();
    long nextCall = since;
    for (; ; ) {
      try {
        var unused = runtime.runtime().keys().awaitOpeningKey(hint, key, Duration.ZERO);
        if (nextCall != since) {
          logger.info("Hinted handoff goes on: {} is there", key);
        }
        return;
      } catch (KeyUnavailableException | KeyAccessDeniedException outage) {
        if (System.nanoTime() - nextCall >= 0) {
          logger.error(
              "Hinted handoff is paused since {} s; its files stay as they are. It goes on by itself once the key can be"
                  + " had: {}",
              Duration.ofNanos(System.nanoTime() - since).toSeconds(),
              outage.getMessage());
          nextCall = System.nanoTime() + LOUD.toNanos();
        }
        sleep();
      }
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedInterruptedException(e);
    }
  }
}
