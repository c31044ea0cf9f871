package io.cassandratde.keys.replicated;

import java.time.Instant;

/**
 * What a node has on its disk of a data key.
 *
 * @param confirmed when the cluster's table last had the key so, by this node's clock
 */
record Copy(StoredKey key, Instant confirmed) {}
