/** Tests. */
@NullMarked
package io.cassandratde.tools.command;

import org.jspecify.annotations.NullMarked;
