/**
 * Replicated data keys and their master keys, as operators work with them: rotation, re-wrapping,
 * what may go. The nodes do the work and agree on it; here is the order of it.
 */
@NullMarked
package io.cassandratde.tools.hierarchy;

import org.jspecify.annotations.NullMarked;
