/**
 * Keys that wrap other keys, and where they live: in key servers and key files, which give them
 * out, and in tokens, which never do.
 */
@NullMarked
package io.cassandratde.keys.master;

import org.jspecify.annotations.NullMarked;
