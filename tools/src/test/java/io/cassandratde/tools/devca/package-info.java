/** Tests. */
@NullMarked
package io.cassandratde.tools.devca;

import org.jspecify.annotations.NullMarked;
