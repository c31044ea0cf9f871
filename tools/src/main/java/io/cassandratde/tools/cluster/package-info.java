/**
 * What the nodes of a cluster say about their keys, over JMX, as records, and the commands' view of
 * all nodes at once. A node that did not answer is part of every answer, never left out.
 */
@NullMarked
package io.cassandratde.tools.cluster;

import org.jspecify.annotations.NullMarked;
