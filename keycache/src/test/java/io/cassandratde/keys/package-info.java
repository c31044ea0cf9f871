/** Tests of key types. */
@NullMarked
package io.cassandratde.keys;

import org.jspecify.annotations.NullMarked;
