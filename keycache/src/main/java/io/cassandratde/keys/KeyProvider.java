package io.cassandratde.keys;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The port through which every key arrives; the cache stands before it, adapters behind it.
 *
 * <p>Calls may block on the network, bounded by the adapter's own deadline, and throw {@link
 * KeyException} only. Implementations are thread-safe and keep no key material.
 */
public interface KeyProvider extends AutoCloseable {

  /**
   * Refuses a spec that this configuration can never serve. No I/O.
   *
   * @throws KeyConfigException naming the remedy
   */
  void check(KeySpec spec);

  /**
   * Refuses a spec of which this machine alone tells that sealing would wait in vain: a key file
   * that is not there. Only for statements that may be refused, as what it says may change at any
   * time. Local I/O, never the network.
   *
   * @throws KeyException naming the remedy
   */
  default void checkKeyFile(KeySpec spec) {}

  /**
   * The key that new data is sealed with, made if there is none.
   *
   * @param last what this process sealed with so far; preferred when the server side is only partly
   *     reachable
   * @throws LastKeyEndedException when {@code last} may not seal any more and there is no other
   */
  SealingKey current(KeySpec spec, @Nullable KeyReference last);

  /**
   * The named key, whatever its state, unless destroyed. The cache verifies the check value of what
   * comes back.
   */
  DataKey byId(KeySpec hint, KeyReference reference);

  /**
   * What this machine has kept of the key that it sealed this spec's data with last; null: nothing
   * that may seal. For an outage in which nobody could be asked, before any key is known. Local
   * I/O, never the network.
   */
  default @Nullable KeptKey kept(KeySpec spec) {
    return null;
  }

  /**
   * Holds the keys that are kept on this machine's disk against the servers: what was destroyed
   * goes. Called by timer and on demand; may block, and throws nothing.
   */
  default void upkeep() {}

  /** What is kept on this machine's disk. Local I/O. */
  default KeptKeys keptKeys() {
    return KeptKeys.NONE;
  }

  /** How the servers behind it fare, as far as this process has tried them. No I/O. */
  default List<HostStatus> hosts() {
    return List.of();
  }

  @Override
  void close();

  /**
   * Keys that this machine keeps for an outage.
   *
   * @param onDisk how many
   * @param taken how often one of them stood in for the servers since the process started
   */
  record KeptKeys(int onDisk, long taken) {
    static final KeptKeys NONE = new KeptKeys(0, 0);
  }

  /**
   * One key server.
   *
   * @param failuresInARow since its last answer
   * @param lastError of the last attempt; null after an answer
   * @param lastAnswer null: none yet
   * @param latency of that answer, a connection included that had to be made
   */
  record HostStatus(
      String group,
      String host,
      int failuresInARow,
      @Nullable String lastError,
      @Nullable Instant lastAnswer,
      @Nullable Duration latency) {}

  /**
   * A key and how long it may seal.
   *
   * @param sealUntil on this process's clock: from then on the key must not seal, as scheduled on
   *     the server; null: open end
   * @param reason why this key is the current one, for the log
   */
  record SealingKey(DataKey key, @Nullable Instant sealUntil, String reason) {}

  /**
   * The server answered that the last key may not seal any more (revoked, expired, destroyed), but
   * no other key can be had. Unlike an outage, this ends sealing under the last key (docs/RULES.md
   * R16, R19).
   */
  final class LastKeyEndedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final KeyException failure;

    public LastKeyEndedException(KeyException failure) {
      super(failure.getMessage());
      this.failure = failure.again();
    }

    /** Why there is no other key. */
    public KeyException failure() {
      return failure;
    }
  }
}
