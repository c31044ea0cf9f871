/**
 * A node's configuration while it runs: read again on demand ({@link
 * io.cassandratde.sstable.cassandra.configuration.ConfigurationMXBean}), TLS stores taken over when
 * their files change, certificates that end told of in time.
 */
@NullMarked
package io.cassandratde.sstable.cassandra.configuration;

import org.jspecify.annotations.NullMarked;
