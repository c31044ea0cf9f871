package io.cassandratde.keys.cache;

import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Events as one word and a detail each. */
final class RecordedEvents implements KeyEvents {

  final List<String> seen = new CopyOnWriteArrayList<>();
  final CountDownLatch waiting = new CountDownLatch(1);

  List<String> of(String kind) {
    return seen.stream().filter(s -> s.startsWith(kind)).toList();
  }

  @Override
  public void currentKeyChanged(
      KeySpec spec, @Nullable KeyReference before, KeyReference now, String reason) {
    seen.add("changed " + (before == null ? "none" : before.keyId()) + " to " + now.keyId());
  }

  @Override
  public void sealingStopped(KeySpec spec, KeyReference key, String reason) {
    seen.add("stopped " + key.keyId());
  }

  @Override
  public void resumed(KeySpec spec, KeyReference key, Duration age) {
    seen.add("resumed " + key.keyId() + " after " + age.toSeconds() + " s");
  }

  @Override
  public void refreshFailed(KeySpec spec, int failuresInARow, KeyException failure) {
    seen.add("failed " + failuresInARow);
  }

  @Override
  public void stale(KeySpec spec, Duration age, boolean refusesClientWrites) {
    seen.add("stale " + (refusesClientWrites ? "refuse" : "keep"));
  }

  @Override
  public void recovered(KeySpec spec, int failures) {
    seen.add("recovered " + failures);
  }

  @Override
  public void waiting(KeySpec spec, Duration waited, @Nullable KeyException lastFailure) {
    seen.add("waiting");
    waiting.countDown();
  }
}
