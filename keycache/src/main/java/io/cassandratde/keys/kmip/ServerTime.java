package io.cassandratde.keys.kmip;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The server's clock when it answered, as far as a client can tell: a Time Stamp has whole seconds
 * (KMIP 1.4 section 6.5), so the moment lies in the second that begins with it. Without one, our
 * own clock has to do.
 *
 * @param local our clock when the request was sent
 * @param stamped whether it is the server's clock at all
 */
record ServerTime(Instant earliest, Instant latest, Instant local, boolean stamped) {

  private static final Duration SECOND = Duration.ofSeconds(1);

  static ServerTime of(@Nullable Instant stamp, Instant local) {
    return stamp == null
        ? new ServerTime(local, local, local, false)
        : new ServerTime(stamp, stamp.plus(SECOND), local, true);
  }

  /** A moment of the server's clock on our clock, never late. */
  Instant toLocal(Instant moment) {
    return local.plus(Duration.between(latest, moment));
  }
}
