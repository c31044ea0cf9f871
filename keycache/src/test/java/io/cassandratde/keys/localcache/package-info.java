/** Tests of localcache. */
@NullMarked
package io.cassandratde.keys.localcache;

import org.jspecify.annotations.NullMarked;
