/**
 * Thin shims, here because Cassandra stores a compressor's simple class name only and looks for it
 * in this package when it opens an SSTable: elsewhere, written data could not be read after a
 * restart. All code is in io.cassandratde.sstable.cassandra.
 */
@NullMarked
package org.apache.cassandra.io.compress;

import org.jspecify.annotations.NullMarked;
