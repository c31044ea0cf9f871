/** Running other programs: start, capture, await, stop. */
@NullMarked
package io.cassandratde.e2e.process;

import org.jspecify.annotations.NullMarked;
