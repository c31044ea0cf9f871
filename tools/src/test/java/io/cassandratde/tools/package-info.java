/** Tests. */
@NullMarked
package io.cassandratde.tools;

import org.jspecify.annotations.NullMarked;
