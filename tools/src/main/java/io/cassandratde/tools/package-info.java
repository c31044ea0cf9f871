/**
 * The command line: entry point, sessions, exit codes and the one-line error report. Commands stand
 * in {@code command}; they know keycache and sstable-encryption, which know nothing of them.
 */
@NullMarked
package io.cassandratde.tools;

import org.jspecify.annotations.NullMarked;
