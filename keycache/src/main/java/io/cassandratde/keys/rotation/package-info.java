/** When keys are to be followed by new ones, whoever keeps them. */
@NullMarked
package io.cassandratde.keys.rotation;

import org.jspecify.annotations.NullMarked;
