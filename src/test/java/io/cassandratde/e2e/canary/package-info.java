/**
 * Values that occur nowhere by chance, written to every place that Cassandra has for a value, and a
 * search of every byte of a node's files for them.
 */
@NullMarked
package io.cassandratde.e2e.canary;

import org.jspecify.annotations.NullMarked;
