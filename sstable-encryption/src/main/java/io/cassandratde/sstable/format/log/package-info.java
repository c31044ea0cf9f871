/**
 * Commit-log segments and hints files, read from the outside: which keys their blocks name, or that
 * they are in clear. Needs neither key nor Cassandra; docs/FORMAT.md, "Commit log and hints", has
 * the layouts.
 *
 * <pre>{@code
 * LogFileReport report = LogFileScanner.scan(path); // CommitLog-7-1700000000000.log, ….hints
 * report.sealed().keySet(); // the keys without which it cannot be replayed or dispatched
 * }</pre>
 */
@NullMarked
package io.cassandratde.sstable.format.log;

import org.jspecify.annotations.NullMarked;
