/** A keyspace is erased by the destruction of the keys that only its files need. */
@NullMarked
package io.cassandratde.tools.shred;

import org.jspecify.annotations.NullMarked;
