/** Tests of cache. */
@NullMarked
package io.cassandratde.keys.cache;

import org.jspecify.annotations.NullMarked;
