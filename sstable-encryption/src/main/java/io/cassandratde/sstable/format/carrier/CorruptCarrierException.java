package io.cassandratde.sstable.format.carrier;

import java.io.IOException;

/**
 * The carrier's bytes are not what was written: restore it. A missing key never takes this type.
 */
public final class CorruptCarrierException extends IOException {

  private static final long serialVersionUID = 1L;

  CorruptCarrierException(String message) {
    super(message);
  }

  CorruptCarrierException(String message, Throwable cause) {
    super(message, cause);
  }
}
