/**
 * The replicated data keys of this cluster, and the master keys that wrap them, as nodes keep them
 * and operators work with them.
 */
@NullMarked
package io.cassandratde.sstable.cassandra.hierarchy;

import org.jspecify.annotations.NullMarked;
