/** Tests. */
@NullMarked
package io.cassandratde.tools.jmx;

import org.jspecify.annotations.NullMarked;
