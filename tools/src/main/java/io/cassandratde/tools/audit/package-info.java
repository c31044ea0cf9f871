/**
 * The audit log: one JSON object per line, each with the hash of the line before. The form is
 * described in docs/CLI.md.
 */
@NullMarked
package io.cassandratde.tools.audit;

import org.jspecify.annotations.NullMarked;
