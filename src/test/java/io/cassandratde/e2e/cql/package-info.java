/** Talking CQL: sessions for tests and the small cqlsh that the quickstart uses. */
@NullMarked
package io.cassandratde.e2e.cql;

import org.jspecify.annotations.NullMarked;
