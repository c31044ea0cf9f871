/**
 * The class names that DSE's DDL may spell out in full. Each only creates the compressor of the
 * same name in org.apache.cassandra.io.compress, which is what Cassandra then stores in the schema
 * and on disk.
 */
@NullMarked
package com.datastax.bdp.cassandra.crypto;

import org.jspecify.annotations.NullMarked;
