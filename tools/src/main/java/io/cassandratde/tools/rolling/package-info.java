/** In which order, how many at once, and when nodes are given work that weighs on them. */
@NullMarked
package io.cassandratde.tools.rolling;

import org.jspecify.annotations.NullMarked;
