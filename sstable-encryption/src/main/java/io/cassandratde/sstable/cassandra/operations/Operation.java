package io.cassandratde.sstable.cassandra.operations;

import io.cassandratde.keys.KeyException;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings files from under a key. Begins with what is on the disk and keeps nothing there, so that
 * one that was interrupted goes on when it is started again.
 */
abstract class Operation {

  private static final Logger logger = LoggerFactory.getLogger(Operation.class);

  private final String id = UUID.randomUUID().toString();
  private final String kind;
  private final NamedKey key;
  private final List<String> tables;
  private final Progress progress = new Progress();
  private volatile boolean cancelled;

  Operation(String kind, NamedKey key, List<String> tables) {
    this.kind = kind;
    this.key = key;
    this.tables = List.copyOf(tables);
  }

  final String id() {
    return id;
  }

  final String kind() {
    return kind;
  }

  final NamedKey key() {
    return key;
  }

  final List<String> tables() {
    return tables;
  }

  final Progress progress() {
    return progress;
  }

  final boolean isCancelled() {
    return cancelled;
  }

  Progress.Standing standing() {
    return progress.standing();
  }

  final boolean hasEnded() {
    return progress.standing().ended() != null;
  }

  /** Has it end soon; called again and again until it has. */
  void cancel() {
    cancelled = true;
  }

  /** Does it; tells {@link #progress} of each file, and returns soon after {@link #cancel}. */
  abstract void work();

  /** The whole of it; throws nothing. */
  final void run() {
    progress.start();
    logger.info("Operation {} begins: {} of {}, tables {}", id, kind, key, scope());
    try {
      work();
    } catch (RuntimeException | Error e) {
      logger.warn("Operation {} ended by a failure", id, e);
      progress.failed(scope(), e.toString());
    } finally {
      progress.end(cancelled);
      Progress.Standing end = progress.standing();
      logger.info(
          "Operation {} ended: {} of {}: {}, {} of {} files, {} failures {}",
          id,
          kind,
          key,
          end.state(),
          end.sstablesDone(),
          end.sstables(),
          end.failureCount(),
          end.failures());
    }
  }

  private String scope() {
    return tables.isEmpty() ? "all" : String.join(", ", tables);
  }

  /** What went wrong, with the kind of failure where the message alone does not tell it. */
  static String reason(Throwable failure) {
    return failure instanceof KeyException || failure instanceof IllegalStateException
        ? String.valueOf(failure.getMessage())
        : failure.toString();
  }
}
