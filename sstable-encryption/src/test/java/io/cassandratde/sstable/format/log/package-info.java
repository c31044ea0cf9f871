@NullMarked
package io.cassandratde.sstable.format.log;

import org.jspecify.annotations.NullMarked;
