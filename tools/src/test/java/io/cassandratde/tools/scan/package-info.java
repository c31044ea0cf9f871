/** Tests. */
@NullMarked
package io.cassandratde.tools.scan;

import org.jspecify.annotations.NullMarked;
