/** Tests of config. */
@NullMarked
package io.cassandratde.keys.config;

import org.jspecify.annotations.NullMarked;
