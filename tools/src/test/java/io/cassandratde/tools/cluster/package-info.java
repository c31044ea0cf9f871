/** Nodes that tell of their keys as a test wants. */
@NullMarked
package io.cassandratde.tools.cluster;

import org.jspecify.annotations.NullMarked;
