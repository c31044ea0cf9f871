/**
 * Data keys that the cluster keeps itself, wrapped by a master key: in a replicated table, with
 * copies on every node.
 */
@NullMarked
package io.cassandratde.keys.replicated;

import org.jspecify.annotations.NullMarked;
