/**
 * Which keys seal which SSTables, from raw files: finding Data.db files, naming their tables and
 * key groups, and counting chunks per key. Needs neither key server nor Cassandra.
 */
@NullMarked
package io.cassandratde.tools.inventory;

import org.jspecify.annotations.NullMarked;
