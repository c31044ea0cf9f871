/** Tests. */
@NullMarked
package io.cassandratde.tools.inventory;

import org.jspecify.annotations.NullMarked;
