@NullMarked
package io.cassandratde.sstable.cassandra.control;

import org.jspecify.annotations.NullMarked;
