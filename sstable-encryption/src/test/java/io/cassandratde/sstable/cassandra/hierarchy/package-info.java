@NullMarked
package io.cassandratde.sstable.cassandra.hierarchy;

import org.jspecify.annotations.NullMarked;
