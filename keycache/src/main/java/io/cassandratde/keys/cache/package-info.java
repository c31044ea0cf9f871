/**
 * The key cache: current keys kept fresh by a timer, opening keys fetched once, outages as
 * docs/RULES.md R19 to R21 demand.
 *
 * <p>Start at {@link KeyCache}; clock, timer, workers and randomness are injected, so that no test
 * needs to sleep.
 */
@NullMarked
package io.cassandratde.keys.cache;

import org.jspecify.annotations.NullMarked;
