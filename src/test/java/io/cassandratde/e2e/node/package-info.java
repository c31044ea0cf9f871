/** A stock Cassandra node in a forked JVM, driven from outside by CQL, JMX and nodetool. */
@NullMarked
package io.cassandratde.e2e.node;

import org.jspecify.annotations.NullMarked;
