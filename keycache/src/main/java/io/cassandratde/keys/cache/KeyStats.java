package io.cassandratde.keys.cache;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A snapshot for gauges and status commands. No key material. */
public record KeyStats(
    List<Current> current,
    int openingKeys,
    int rememberedFailures,
    long openingFetches,
    long openingFailures,
    long refusedFromMemory) {

  /**
   * One key spec.
   *
   * @param key the last current key; null before the first
   * @param sealing whether a key may seal now
   * @param age since the start of the last successful look at the server
   */
  public record Current(
      KeySpec spec,
      @Nullable KeyReference key,
      boolean sealing,
      Duration age,
      boolean stale,
      long refreshes,
      long failures,
      int failuresInARow,
      @Nullable String lastFailure) {}
}
