package io.cassandratde.sstable.format;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * These bytes are not what was sealed: restore the data. An IOException because Cassandra turns
 * exactly those into "this SSTable is corrupt"; an outage of the key server never takes this type.
 */
public final class CorruptChunkException extends IOException {

  private static final long serialVersionUID = 1L;

  /** What is wrong with the chunk. */
  public enum Reason {
    /** The header breaks a MUST of docs/FORMAT.md. */
    MALFORMED,
    /** The header is well formed and the tag does not verify. */
    NOT_AUTHENTIC,
    /**
     * It is authentic, and yet does not fit: another compressor's, or longer than the chunk may be.
     */
    UNFIT
  }

  private final Reason reason;

  public CorruptChunkException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public CorruptChunkException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
