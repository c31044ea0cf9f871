/**
 * The codec inside Cassandra: buffers, options, guards and the process-wide pools. Besides the
 * shims in {@code org.apache.cassandra.io.compress} the only package that imports
 * org.apache.cassandra. Start at {@link io.cassandratde.sstable.cassandra.EncryptingCompressor}.
 */
@NullMarked
package io.cassandratde.sstable.cassandra;

import org.jspecify.annotations.NullMarked;
