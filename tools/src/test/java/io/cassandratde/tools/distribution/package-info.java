/** Tests. */
@NullMarked
package io.cassandratde.tools.distribution;

import org.jspecify.annotations.NullMarked;
