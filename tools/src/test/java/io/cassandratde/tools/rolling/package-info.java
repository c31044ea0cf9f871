@NullMarked
package io.cassandratde.tools.rolling;

import org.jspecify.annotations.NullMarked;
