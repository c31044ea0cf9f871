/** Tests. */
@NullMarked
package io.cassandratde.tools.output;

import org.jspecify.annotations.NullMarked;
