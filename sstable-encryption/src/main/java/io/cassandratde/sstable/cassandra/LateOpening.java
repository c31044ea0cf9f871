package io.cassandratde.sstable.cassandra;

import io.cassandratde.keys.KeyConfigException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.cassandra.config.DatabaseDescriptor;
import org.apache.cassandra.service.StorageService;
import org.apache.cassandra.utils.MBeanWrapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the runtime of a node that has a configuration and has used no key by the time it serves.
 * Its operator asks it for its inventory like any other: a snapshot of a table that is gone may
 * need a key, and a node that cannot be asked keeps every key from being destroyed (docs/RULES.md
 * R25).
 */
public final class LateOpening {

  private static final Logger logger = LoggerFactory.getLogger(LateOpening.class);

  /** Registered when its class is there: touching that sooner would start it out of turn. */
  private static final String STORAGE_SERVICE = "org.apache.cassandra.db:type=StorageService";

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  private static final AtomicBoolean begun = new AtomicBoolean();

  private LateOpening() {}

  /** Called while Cassandra reads its configuration; returns at once. */
  public static void begin() {
    if (DatabaseDescriptor.isDaemonInitialized() && begun.compareAndSet(false, true)) {
      Thread thread = new Thread(LateOpening::run, "tde-late-opening");
      thread.setDaemon(true);
      thread.start();
    }
  }

  private static void run() {
    try {
      while (!MBeanWrapper.instance.isRegistered(STORAGE_SERVICE)
          || !StorageService.instance.isDaemonSetupCompleted()) {
        Thread.sleep(BETWEEN_LOOKS.toMillis()); // Cassandra tells nobody when it has started
      }
      var unused = CodecRuntime.get();
    } catch (KeyConfigException e) {
      // A node with the jar and no configuration encrypts nothing; a wrong one is told by who needs
      // it.
      logger.debug("Not opened: {}", e.getMessage());
    } catch (RuntimeException | LinkageError e) {
      logger.warn("Opening failed; it is tried again when a table needs it", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
