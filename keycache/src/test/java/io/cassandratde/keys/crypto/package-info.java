/** Tests of crypto. */
@NullMarked
package io.cassandratde.keys.crypto;

import org.jspecify.annotations.NullMarked;
