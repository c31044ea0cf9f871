/**
 * The codec: encrypts what Cassandra hands a compressor.
 *
 * <p>{@code format} knows the bytes and no Cassandra; {@code cassandra} knows both and is the only
 * package, besides the shims in {@code org.apache.cassandra.io.compress}, that imports
 * org.apache.cassandra.
 */
@NullMarked
package io.cassandratde.sstable;

import org.jspecify.annotations.NullMarked;
