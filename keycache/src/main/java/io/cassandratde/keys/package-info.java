/**
 * Key specs, key references, leased key material and the port through which every key arrives.
 *
 * <p>Read {@link KeySpec}, {@link DataKey} and {@link KeyProvider} first; adapters and the cache
 * stand in the packages below.
 */
@NullMarked
package io.cassandratde.keys;

import org.jspecify.annotations.NullMarked;
