/**
 * The audit log: one JSON object per line, each with the hash of the line before. Tools and nodes
 * write the same form, which docs/CLI.md describes; {@link io.cassandratde.keys.audit.NodeAudit} is
 * the node's.
 */
@NullMarked
package io.cassandratde.keys.audit;

import org.jspecify.annotations.NullMarked;
