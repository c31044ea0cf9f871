package io.cassandratde.sstable.cassandra.hierarchy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.master.KeyBinding;
import io.cassandratde.keys.master.WrappedKey;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A version of a master key as the table has it.
 *
 * @param source where its proposer has it from
 * @param canaryId id of the key that the canary is a wrap of
 * @param canary a random key under this master key: who opens it has the master key
 * @param activatedAt null: never
 */
record MasterKeyVersion(
    String name,
    int version,
    String source,
    KeyReference reference,
    State state,
    UUID canaryId,
    WrappedKey canary,
    UUID by,
    Instant at,
    @Nullable Instant activatedAt) {

  /** As it is written. Of those that are active, the newest is; the others were. */
  enum State {
    PROPOSED,
    ACTIVE,
    ABORTED
  }

  /** What its canary is bound to: no data key, whatever its namespace, has the same. */
  KeyBinding binding() {
    return binding(name, version, canaryId);
  }

  static KeyBinding binding(String name, int version, UUID canaryId) {
    return new KeyBinding(name, "cassandra-tde master", CipherSpec.AES_256, canaryId, version);
  }

  boolean isSameKey(MasterKeyVersion other) {
    return reference.equals(other.reference);
  }

  @Override
  public String toString() {
    return "master key %s version %d (%s)".formatted(name, version, reference);
  }
}
