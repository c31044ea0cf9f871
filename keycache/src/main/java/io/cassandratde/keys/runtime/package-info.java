/**
 * The process-wide runtime of a node: configuration, crypto provider, key providers and cache,
 * opened on first use.
 *
 * <p>Everything else in this module is plain objects; this is the only place that holds a static.
 */
@NullMarked
package io.cassandratde.keys.runtime;

import org.jspecify.annotations.NullMarked;
