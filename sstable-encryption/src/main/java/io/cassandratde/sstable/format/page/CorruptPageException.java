package io.cassandratde.sstable.format.page;

import java.io.IOException;

/**
 * These bytes are not what was sealed: restore the file. An outage of a key server never takes this
 * type.
 */
public final class CorruptPageException extends IOException {

  private static final long serialVersionUID = 1L;

  CorruptPageException(String message) {
    super(message);
  }

  CorruptPageException(String message, Throwable cause) {
    super(message, cause);
  }
}
