package io.cassandratde.keys.cache;

import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The clocks of a cache.
 *
 * @param wall for dates that servers give; somebody may set it
 * @param nanoTime for ages and pauses, which that must not change
 */
record Clocks(InstantSource wall, LongSupplier nanoTime) {

  long nanos() {
    return nanoTime.getAsLong();
  }
}
