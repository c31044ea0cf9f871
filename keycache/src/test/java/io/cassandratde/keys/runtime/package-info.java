/** Tests of the runtime: configuration file, providers and cache together. */
@NullMarked
package io.cassandratde.keys.runtime;

import org.jspecify.annotations.NullMarked;
