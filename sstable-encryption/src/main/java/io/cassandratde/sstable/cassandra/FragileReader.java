package io.cassandratde.sstable.cassandra;

import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import java.util.Optional;
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
  LOADER,
  /** Would leave out the last segment of a commit log ("incomplete flush"), and delete it. */
  REPLAY,
  /** Would forget the file until restart. */
  HINTS;

  private static final Logger logger = LoggerFactory.getLogger(FragileReader.class);

  private static final String FORMAT = "org.apache.cassandra.io.sstable.format.";
  private static final String SCRUBBER = FORMAT + "SortedTableScrubber";
  private static final String VERIFIER = FORMAT + "SortedTableVerifier";
  private static final String LOADING = FORMAT + "SSTableReaderLoadingBuilder";
  private static final String REPLAYING = "org.apache.cassandra.db.commitlog.CommitLogReader";
  private static final String HINTS_READER = "org.apache.cassandra.hints.HintsReader";

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
    if (name.equals(REPLAYING)) {
      return Optional.of(REPLAY);
    }
    if (name.startsWith(HINTS_READER)) { // its iterators are classes of their own
      return Optional.of(HINTS);
    }
    return name.equals(SCRUBBER) || name.equals(VERIFIER) ? Optional.of(SCRUB) : Optional.empty();
  }

  /**
   * Waits for the key: hand-off of hints as long as it takes, everybody else for {@code
   * startup_key_wait}.
   *
   * @throws KeyException waiting was in vain: {@link #giveUp}
   */
  void await(CodecRuntime runtime, KeySpec hint, KeyReference key) {
    if (this == HINTS) {
      HintsPause.await(runtime, hint, key);
    } else {
      runtime.awaitKey(hint, key);
    }
  }

  /** The end of this read, after waiting was in vain. */
  public RuntimeException giveUp(KeyException missing) {
    String message =
        "stopped, with nothing changed: the data cannot be read without its key, and is not damaged. "
            + missing.getMessage();
    switch (this) {
      case SCRUB -> throw new KeyMissingError("Scrub or verify " + message);
      // Thrown on, it would become "Corrupt sstable; skipping table" (docs/RULES.md R22).
      case LOADER -> {
        StartUpCheck.haltIfStarting("Start " + message, missing);
        OfflineTool.endIfRunning(String.valueOf(missing.getMessage()));
      }
      case REPLAY -> StartUpCheck.haltIfStarting("Start " + message, missing);
      case HINTS ->
          logger.error(
              "A hints file is set aside until the node is restarted: it cannot be read without its key, and is not"
                  + " damaged. {}",
              missing.getMessage());
      case NONE -> {}
    }
    return missing;
  }

  /**
   * A file's own header asks for what there is not, such as an option of a newer version: a
   * compressor could not be made.
   */
  void stopUnread(RuntimeException why) {
    if (this == REPLAY) {
      StartUpCheck.haltIfStarting(
          "Start stopped, with nothing changed: a commit-log segment cannot be read. "
              + why.getMessage(),
          why);
    }
  }
}
