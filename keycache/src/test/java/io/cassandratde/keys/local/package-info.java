/** Tests of local. */
@NullMarked
package io.cassandratde.keys.local;

import org.jspecify.annotations.NullMarked;
