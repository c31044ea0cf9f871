package io.cassandratde.sstable.format;

import java.time.Duration;

/**
 * When a sealing session ends, whichever comes first (docs/RULES.md R6). One session is one AES-GCM
 * key, so NIST SP 800-38D bounds it: section 8.2.1 demands that the deterministic nonce never
 * repeats (32 bits of counter), section 8.3 and the usual distinguishing bounds keep the bytes
 * under one key small.
 */
public record SessionLimits(long chunks, long bytes, Duration idle) {

  private static final long MOST_CHUNKS = 1L << 32;
  private static final long MOST_BYTES = 1L << 40;

  public static final SessionLimits DEFAULTS =
      new SessionLimits(MOST_CHUNKS, MOST_BYTES, Duration.ofSeconds(60));

  public SessionLimits {
    if (chunks < 1 || chunks > MOST_CHUNKS) {
      throw new IllegalArgumentException("a session seals 1 to 2^32 chunks, not " + chunks);
    }
    if (bytes < 1 || bytes > MOST_BYTES) {
      throw new IllegalArgumentException("a session seals 1 to 2^40 bytes, not " + bytes);
    }
    if (idle.isNegative() || idle.isZero()) {
      throw new IllegalArgumentException("idle limit " + idle);
    }
  }
}
