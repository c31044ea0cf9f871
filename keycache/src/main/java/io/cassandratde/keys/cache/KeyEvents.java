package io.cassandratde.keys.cache;

import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the cache tells its owner. Called on cache threads; must not block. */
public interface KeyEvents {

  /** The current key changed: exactly one call per change. */
  void currentKeyChanged(
      KeySpec spec, @Nullable KeyReference before, KeyReference now, String reason);

  /**
   * The scheduled end of the current key came and no other key is known: nothing seals for this
   * spec until one is.
   */
  void sealingStopped(KeySpec spec, KeyReference key, String reason);

  /**
   * The node started in an outage and seals on with the key that its disk keeps.
   *
   * @param age since a key server confirmed it
   */
  void resumed(KeySpec spec, KeyReference key, Duration age);

  /** A background refresh failed; sealing goes on under the last key. */
  void refreshFailed(KeySpec spec, int failuresInARow, KeyException failure);

  /**
   * No successful refresh for longer than key_cache_max_stale. Repeated at every further failure.
   */
  void stale(KeySpec spec, Duration age, boolean refusesClientWrites);

  /** Refresh works again after failures. */
  void recovered(KeySpec spec, int failures);

  /** A thread waits for a first key; repeated while it waits. */
  void waiting(KeySpec spec, Duration waited, @Nullable KeyException lastFailure);
}
