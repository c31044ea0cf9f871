package io.cassandratde.sstable.format;

import java.util.concurrent.atomic.LongAdder;

/**
 * How much this process has sealed and opened: chunks, pages, blocks of logs, wrapped keys. For
 * metrics; counting takes no lock and allocates nothing.
 */
public final class SealCounts {

  private static final LongAdder SEALED = new LongAdder();
  private static final LongAdder OPENED = new LongAdder();
  private static final LongAdder NOT_AUTHENTIC = new LongAdder();

  private SealCounts() {}

  static void countSealed() {
    SEALED.increment();
  }

  static void countOpened() {
    OPENED.increment();
  }

  static void countNotAuthentic() {
    NOT_AUTHENTIC.increment();
  }

  public static long sealed() {
    return SEALED.sum();
  }

  public static long opened() {
    return OPENED.sum();
  }

  /** What did not open: changed after sealing, or another's. */
  public static long notAuthentic() {
    return NOT_AUTHENTIC.sum();
  }
}
