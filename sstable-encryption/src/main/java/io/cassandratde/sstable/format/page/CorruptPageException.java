package io.cassandratde.sstable.format.page;

import io.cassandratde.sstable.format.CorruptChunkException.Reason;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * These bytes are not what was sealed: restore the file. An outage of a key server never takes this
 * type.
 */
public final class CorruptPageException extends IOException {

  private static final long serialVersionUID = 1L;

  private final Reason reason;

  private CorruptPageException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** The layout breaks a MUST of docs/FORMAT-EBTI.md. */
  CorruptPageException(String message) {
    this(message, null);
  }

  CorruptPageException(String message, @Nullable Throwable cause) {
    this(Reason.MALFORMED, message, cause);
  }

  /** Well formed, and not what was sealed for this SSTable, file and place. */
  static CorruptPageException notAuthentic(String message, @Nullable Throwable cause) {
    return new CorruptPageException(Reason.NOT_AUTHENTIC, message, cause);
  }

  /** The same, of this file. */
  CorruptPageException of(String file) {
    return new CorruptPageException(reason, file + ": " + getMessage(), this);
  }

  public Reason reason() {
    return reason;
  }
}
