package io.cassandratde.sstable.cassandra;

import io.cassandratde.keys.KeyException;
import java.util.Optional;
import org.apache.cassandra.config.DatabaseDescriptor;
import org.apache.cassandra.service.StorageService;
import org.apache.cassandra.utils.JVMStabilityInspector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who reads when a key is missing, as far as it changes what must happen: some of Cassandra's
 * readers take any exception for corruption and act on it. They are told apart by the stack, on the
 * failure path only.
 */
public enum FragileReader {
  /**
   * Queries, compaction, streaming: a typed exception fails the one operation and leaves the data
   * alone.
   */
  NONE,
  /**
   * Would write the SSTable anew without what it could not read, and delete the original; or mark
   * it.
   */
  SCRUB,
  /** Would report a corrupt SSTable and, at start, serve without it ("skipping table"). */
  LOADER;

  private static final Logger logger = LoggerFactory.getLogger(FragileReader.class);

  private static final String FORMAT = "org.apache.cassandra.io.sstable.format.";
  private static final String SCRUBBER = FORMAT + "SortedTableScrubber";
  private static final String VERIFIER = FORMAT + "SortedTableVerifier";
  private static final String LOADING = FORMAT + "SSTableReaderLoadingBuilder";

  public static FragileReader ofCaller() {
    return StackWalker.getInstance()
        .walk(frames -> frames.map(FragileReader::of).flatMap(Optional::stream).findFirst())
        .orElse(NONE);
  }

  private static Optional<FragileReader> of(StackWalker.StackFrame frame) {
    String name = frame.getClassName();
    if (name.equals(LOADING)) {
      return Optional.of(LOADER);
    }
    return name.equals(SCRUBBER) || name.equals(VERIFIER) ? Optional.of(SCRUB) : Optional.empty();
  }

  /** The end of this read, after waiting was in vain. */
  public RuntimeException giveUp(KeyException missing) {
    String message =
        "stopped, with nothing changed: the data cannot be read without its key, and is not damaged. "
            + missing.getMessage();
    switch (this) {
      case SCRUB -> throw new KeyMissingError("Scrub or verify " + message);
      case LOADER -> {
        if (isStarting()) {
          // Thrown here, anything becomes "Corrupt sstable; skipping table" (docs/RULES.md R22).
          logger.error("Start {}", message);
          JVMStabilityInspector.killCurrentJVM(missing, false);
        }
        OfflineTool.endIfRunning(String.valueOf(missing.getMessage()));
      }
      case NONE -> {}
    }
    return missing;
  }

  private static boolean isStarting() {
    return DatabaseDescriptor.isDaemonInitialized()
        && !StorageService.instance.isDaemonSetupCompleted();
  }
}
