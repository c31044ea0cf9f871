package io.cassandratde.sstable.cassandra.control;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeySpec;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The last new key of a spec.
 *
 * @param current when a node first sealed with it; null: none has
 */
record Proposal(
    String spec,
    String group,
    @Nullable String namespace,
    int bits,
    String keyId,
    UUID by,
    Instant at,
    @Nullable Instant current) {

  /** Where the key is asked for: the group's name is the proposer's. */
  KeySpec hint() {
    return KeySpec.kmip(group, namespace, CipherSpec.aes(bits));
  }
}
