package io.cassandratde.sstable.cassandra.operations;

import io.cassandratde.keys.KeyException;
import io.cassandratde.sstable.cassandra.operations.LiveSSTables.Found;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.cassandra.db.ColumnFamilyStore;
import org.apache.cassandra.io.sstable.Descriptor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the live SSTables of some tables under other keys than one. Begins with what is on the
 * disk and keeps nothing there, so that one that was interrupted goes on when it is started again.
 */
abstract class Operation {

  private static final Logger logger = LoggerFactory.getLogger(Operation.class);

  /** A flush or compaction that began before the key changed may end after the first round. */
  private static final int ROUNDS = 3;

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

  /** Deals with SSTables that need the key; tells {@link #progress} of each. */
  abstract void bring(List<Found> found);

  /** The whole of it; throws nothing. */
  final void run() {
    progress.start();
    logger.info("Operation {} begins: {} of {}, tables {}", id, kind, key, scope());
    try {
      Set<Descriptor> tried = new HashSet<>();
      for (int round = 0; round < ROUNDS && !cancelled; round++) {
        List<Found> found =
            needing(round == 0).stream()
                .filter(each -> tried.add(each.sstable().descriptor))
                .toList();
        if (found.isEmpty()) {
          break;
        }
        progress.found(
            found.size(), found.stream().mapToLong(each -> each.sstable().onDiskLength()).sum());
        bring(found);
      }
      if (!cancelled && progress.standing().failureCount() == 0) {
        needing(false)
            .forEach(
                left ->
                    progress.failed(
                        left.name(), "still needs " + key + "; start " + kind + " again"));
      }
    } catch (RuntimeException | Error e) {
      logger.warn("Operation {} ended by a failure", id, e);
      progress.failed(scope(), e.toString());
    } finally {
      progress.end(cancelled);
      Progress.Standing end = progress.standing();
      logger.info(
          "Operation {} ended: {} of {}: {}, {} of {} SSTables, {} failures {}",
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

  private List<Found> needing(boolean tell) {
    List<ColumnFamilyStore> stores = LiveSSTables.tables(tables);
    return LiveSSTables.needing(
        key,
        stores,
        (sstable, why) -> {
          if (tell) {
            progress.failed(sstable.getFilename(), "its keys cannot be told: " + why);
          }
        });
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
