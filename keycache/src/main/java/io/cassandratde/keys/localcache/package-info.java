/**
 * Keys of KMIP groups, kept on the node's disk under a system key, so that the node starts while no
 * key server can be asked (docs/RULES.md R21). Off by default. The files:
 * docs/FORMAT-LOCAL-CACHE.md.
 *
 * <p>{@link io.cassandratde.keys.localcache.CachedKeyProvider} holds the policy, {@link
 * io.cassandratde.keys.localcache.LocalKeyCache} the files.
 */
@NullMarked
package io.cassandratde.keys.localcache;

import org.jspecify.annotations.NullMarked;
