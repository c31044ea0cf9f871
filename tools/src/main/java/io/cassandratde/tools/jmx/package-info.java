/**
 * Driving {@code upgradesstables} on every node over JMX. Only {@code javax.management} and MBean
 * names are used, so that the CLI carries no Cassandra class and works across 5.0.x.
 */
@NullMarked
package io.cassandratde.tools.jmx;

import org.jspecify.annotations.NullMarked;
