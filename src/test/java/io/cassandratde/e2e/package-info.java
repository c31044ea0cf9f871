/** End-to-end claims: what an operator does, on real Cassandra and real KMIP servers. */
@NullMarked
package io.cassandratde.e2e;

import org.jspecify.annotations.NullMarked;
