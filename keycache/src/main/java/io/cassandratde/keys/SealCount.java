package io.cassandratde.keys;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What this process has sealed by each key with random nonces of 96 bits, which is 2^32 times at
 * most (NIST SP 800-38D 8.3, docs/RULES.md R1). Other processes count for themselves, and this one
 * begins anew after a restart.
 */
public final class SealCount {

  private final long most;
  private final Map<KeyReference, AtomicLong> seals = new ConcurrentHashMap<>();

  public SealCount() {
    this(1L << 32);
  }

  /**
   * For tests.
   *
   * @param most of each key
   */
  public SealCount(long most) {
    this.most = most;
  }

  /**
   * One more.
   *
   * @param where the key is kept
   * @throws KeyConfigException it is one too many
   */
  public void add(KeyReference by, String where) {
    if (seals.computeIfAbsent(by, unused -> new AtomicLong()).incrementAndGet() > most) {
      throw new KeyConfigException(
          "this process has sealed %d times by %s of %s, as often as random nonces allow under one key: replace that key"
              .formatted(most, by, where));
    }
  }
}
