@NullMarked
package io.cassandratde.tools.export;

import org.jspecify.annotations.NullMarked;
