@NullMarked
package io.cassandratde.tools.hold;

import org.jspecify.annotations.NullMarked;
