/**
 * Replaces a key on a whole cluster: a plan, and stages of which each begins with what is so, not
 * with what an earlier run remembers. So a run that was broken off at any place is resumed by
 * running it again.
 */
@NullMarked
package io.cassandratde.tools.rekey;

import org.jspecify.annotations.NullMarked;
