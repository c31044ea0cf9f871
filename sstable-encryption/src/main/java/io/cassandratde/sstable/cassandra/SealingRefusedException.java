package io.cassandratde.sstable.cassandra;

/**
 * Sealing would let plaintext reach the disk, so nothing is written. Unchecked and no IOException:
 * no file is corrupt, the table's definition has to be changed.
 */
public final class SealingRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public SealingRefusedException(String message) {
    super(message);
  }
}
