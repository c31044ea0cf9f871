/**
 * What encryption costs on a whole node: the same work on a stock node and on an encrypted one, in
 * turns. Run by {@code scripts/bench node}; no test.
 */
@NullMarked
package io.cassandratde.e2e.bench;

import org.jspecify.annotations.NullMarked;
