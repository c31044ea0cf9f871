@NullMarked
package io.cassandratde.sstable.cassandra.configuration;

import org.jspecify.annotations.NullMarked;
