package io.cassandratde.keys.cache;

import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyGroup;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log lines that operators see; one INFO line per change of a current key. */
public final class LoggedKeyEvents implements KeyEvents {

  private static final Logger logger = LoggerFactory.getLogger(KeyCache.class);

  @Override
  public void currentKeyChanged(
      KeySpec spec, @Nullable KeyReference before, KeyReference now, String reason) {
    logger.info(
        "Current key of group {}, namespace {}, {}: {} (before: {}); reason: {}",
        KeyGroup.of(spec),
        spec.namespace() == null ? "none" : spec.namespace(),
        spec.cipher(),
        now.keyId(),
        before == null ? "none" : before.keyId(),
        reason);
  }

  @Override
  public void sealingStopped(KeySpec spec, KeyReference key, String reason) {
    logger.error(
        "Nothing is sealed for {}: {} may not seal any more, {}, and no other key is known yet",
        spec,
        key,
        reason);
  }

  @Override
  public void resumed(KeySpec spec, KeyReference key, Duration age) {
    logger.error(
        "LOCAL KEY CACHE: no key server could be asked since this node started, so {} is sealed under the last key of before, {}, which a server confirmed {} s ago",
        spec,
        key,
        age.toSeconds());
  }

  @Override
  public void refreshFailed(KeySpec spec, int failuresInARow, KeyException failure) {
    // The first failure is news, the rest is the same news: the stale alarm speaks up when it gets
    // serious.
    if (failuresInARow == 1) {
      logger.warn("Could not refresh the current key of {}: {}", spec, failure.getMessage());
    } else {
      logger.debug(
          "Could not refresh the current key of {} ({} times now): {}",
          spec,
          failuresInARow,
          failure.getMessage());
    }
  }

  @Override
  public void stale(KeySpec spec, Duration age, boolean refusesClientWrites) {
    logger.error(
        "ALARM: no key server has confirmed the current key of {} for {} s, longer than key_cache_max_stale; {}",
        spec,
        age.toSeconds(),
        refusesClientWrites ? "callers that do not wait are refused" : "sealing goes on under it");
  }

  @Override
  public void recovered(KeySpec spec, int failures) {
    logger.info("The current key of {} is fresh again after {} failed attempts", spec, failures);
  }

  @Override
  public void waiting(KeySpec spec, Duration waited, @Nullable KeyException lastFailure) {
    logger.warn(
        "A thread has waited {} s for a key to seal with for {}{}",
        waited.toSeconds(),
        spec,
        lastFailure == null ? "" : ": " + lastFailure.getMessage());
  }
}
