package io.cassandratde.sstable.cassandra.ebti;

/** An SSTable in clear stands in a table that may have none. Not damaged: not to be read. */
public final class PlaintextRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  PlaintextRefusedException(String message) {
    super(message);
  }
}
