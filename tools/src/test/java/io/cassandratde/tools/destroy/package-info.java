@NullMarked
package io.cassandratde.tools.destroy;

import org.jspecify.annotations.NullMarked;
