/**
 * Benchmarks behind docs/PERFORMANCE.md; scripts/bench runs {@link
 * io.cassandratde.sstable.bench.BenchReport}.
 */
@NullMarked
package io.cassandratde.sstable.bench;

import org.jspecify.annotations.NullMarked;
