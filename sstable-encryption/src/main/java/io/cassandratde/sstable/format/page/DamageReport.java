package io.cassandratde.sstable.format.page;

import java.io.IOException;

/**
 * How damage that a reader of a page file meets is told. Callers who take every {@link IOException}
 * for a failure of the disk need another type; a missing key is never told here.
 */
@FunctionalInterface
public interface DamageReport {

  /** As it is. */
  DamageReport AS_IT_IS = damage -> damage;

  /**
   * What the read throws; may throw an unchecked exception instead.
   *
   * @param damage a {@link CorruptPageException}, or a {@link
   *     io.cassandratde.sstable.format.carrier.CorruptCarrierException}
   */
  IOException of(IOException damage);
}
