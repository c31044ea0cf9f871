/** Tests of kmip. */
@NullMarked
package io.cassandratde.keys.kmip;

import org.jspecify.annotations.NullMarked;
