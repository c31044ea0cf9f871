package io.cassandratde.keys.pkcs11;

import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyProvider.HostStatus;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How a token has fared so far. */
final class TokenHealth {

  private record Answer(Instant at, Duration latency) {}

  private int failuresInARow;
  private @Nullable String lastError;
  private @Nullable Answer last;

  synchronized void answered(long nanos) {
    failuresInARow = 0;
    lastError = null;
    last = new Answer(Instant.now(), Duration.ofNanos(nanos));
  }

  synchronized void failed(KeyException failure) {
    failuresInARow++;
    lastError = failure.getMessage();
  }

  synchronized HostStatus status(Pkcs11Settings settings) {
    Answer answer = last;
    return new HostStatus(
        settings.name(),
        settings.place(),
        failuresInARow,
        lastError,
        answer == null ? null : answer.at(),
        answer == null ? null : answer.latency());
  }
}
