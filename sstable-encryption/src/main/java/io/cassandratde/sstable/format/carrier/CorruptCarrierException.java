package io.cassandratde.sstable.format.carrier;

import io.cassandratde.sstable.format.CorruptChunkException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The carrier's bytes are not what was written: restore it. A missing key never takes this type.
 */
public final class CorruptCarrierException extends IOException {

  private static final long serialVersionUID = 1L;

  private final Reason reason;

  private CorruptCarrierException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** The layout breaks a MUST of docs/FORMAT-EBTI.md. */
  CorruptCarrierException(String message) {
    this(Reason.MALFORMED, message, null);
  }

  CorruptCarrierException(String message, @Nullable Throwable cause) {
    this(Reason.MALFORMED, message, cause);
  }

  /** Well formed, and not what was sealed for this SSTable. */
  static CorruptCarrierException notAuthentic(String message, @Nullable Throwable cause) {
    return new CorruptCarrierException(Reason.NOT_AUTHENTIC, message, cause);
  }

  /** Authentic, and yet not to be used. */
  static CorruptCarrierException unfit(String message) {
    return new CorruptCarrierException(Reason.UNFIT, message, null);
  }

  /** The same, told of which file. */
  CorruptCarrierException of(Path file) {
    return new CorruptCarrierException(reason, file + ": " + getMessage(), this);
  }

  public Reason reason() {
    return reason;
  }
}
